import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { median, percentile } from './figures.ts'

test('the benchmark runs to its end, and every server answers rightly, also another build', async () => {
  const few = ['--seconds', '0.1', '--rounds', '1', '--connections', '2', '--tenants', '1', '--tickets', '50']
  const more = ['--large', '60', '--against', join(import.meta.dirname, '..'), '--only', 'create,list,create.moov']
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'run.ts'), ...few, ...more])
  const lines = stdout.split('\n').filter((line) => line.startsWith('| '))
  assert.deepEqual(
    lines.slice(2).map((line) => line.split(' | ').slice(0, 3).join(' ')),
    [
      ...['create', 'list'].flatMap((call) => ['Polydesk', 'bare', 'before'].map((server) => `| ${call} 2 ${server}`)),
      ...['Polydesk', 'before'].map((server) => `| create.moov 2 ${server}`),
    ],
  )
})

test('a median has as many values below as above', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 }), (values) => {
      const middle = median(values)
      const below = values.filter((value) => value < middle).length
      const above = values.filter((value) => value > middle).length
      assert.ok(below <= values.length / 2 && above <= values.length / 2)
      if (values.length % 2 === 1) assert.ok(values.includes(middle))
    }),
  )
})

test('a percentile is a value that the part before it does not exceed', () => {
  const values = Array.from({ length: 100 }, (_, index) => index)
  assert.deepEqual(
    [0, 0.5, 0.99, 1].map((part) => percentile(values, part)),
    [0, 50, 99, 99],
  )
  assert.equal(percentile([], 0.5), 0)
})
