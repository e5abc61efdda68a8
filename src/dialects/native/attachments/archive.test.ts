import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import fc from 'fast-check'
import { instant } from '../../../core/instant.ts'
import { ticketWith } from '../fixtures/samples.ts'
import { archiveOf, namesInArchive } from './archive.ts'

test('no two files of an archive are unpacked over each other, and none anywhere else', () => {
  const name = fc.oneof(
    fc.string({ minLength: 1 }).filter((each) => each !== '.' && each !== '..'),
    fc.constantFrom('a.txt', 'A.txt', 'a (2).txt', '.profile', 'C:\\x', '/etc/x'),
  )
  fc.assert(
    fc.property(fc.array(name, { maxLength: 12 }), (given) => {
      const names = namesInArchive(given.map((each) => ({ name: each })))
      assert.equal(new Set(names.map((each) => each.toLowerCase())).size, given.length)
      for (const each of names) assert.doesNotMatch(each, /[\\/:]/)
    }),
  )
  assert.deepEqual(namesInArchive([{ name: 'a.txt' }, { name: 'A.txt' }, { name: 'a (2).txt' }, { name: 'b' }]), [
    'a.txt',
    'A (2).txt',
    'a (2) (2).txt',
    'b',
  ])
})

const fileOf = (id: string, size: number) => ({
  id,
  name: `${id}.bin`,
  size,
  createdAt: instant('2026-01-01T00:00:00Z'),
})

test('an archive whose reader leaves keeps no file open, and opens no more', async () => {
  const opened: Readable[] = []
  const files = [fileOf('one', 1 << 24), fileOf('two', 1 << 24)]
  const archive = archiveOf({
    ticket: ticketWith({}),
    files,
    open: async () => {
      const bytes = Readable.from(Array.from({ length: 256 }, () => Buffer.alloc(65_536)))
      opened.push(bytes)
      return bytes
    },
  })
  for await (const _ of archive) break
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual([opened.length, opened[0]?.destroyed], [1, true])
})

test('an archive of which a file is gone breaks off, and is never shorter and yet whole', async () => {
  const archive = archiveOf({
    ticket: ticketWith({}),
    files: [fileOf('one', 3), fileOf('two', 3)],
    open: async ({ id }) => (id === 'one' ? Readable.from([Buffer.from('one')]) : Promise.reject(new Error('gone'))),
  })
  await assert.rejects(archive.toArray(), /gone/)
})
