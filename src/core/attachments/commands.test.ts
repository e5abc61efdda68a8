import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { v7 } from 'uuid'
import { type Core, makeTenant, openCore, type SmallTenant } from '../../../test/core.ts'
import { openDiskFiles } from '../../storage/files-disk.ts'
import { openInbox } from '../../storage/files-inbox.ts'
import { openStore, type Store } from '../../storage/store.ts'
import { deleteTickets } from '../erasure/ticket.ts'
import { Refusal } from '../errors.ts'
import type { UserSummary } from '../identity/user.ts'
import { createTicket } from '../tickets/commands/create.ts'
import { uploadAttachment } from './commands.ts'

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

let core: Core
let home: string

before(async () => {
  core = await openCore()
  home = await mkdtemp(join(tmpdir(), 'polydesk-uploads-'))
})
after(async () => {
  await core.close()
  await rm(home, { recursive: true })
})

/** Two processes with one folder, and what one person may leave unused there. */
function servers(unused = { files: 100, bytes: 100_000 }): readonly Store[] {
  const inbox = openInbox(join(home, 'incoming'))
  const limits = { fileBytes: 1_000, messageBytes: 1_000, mediaTypes: [], unused }
  const files = { store: openDiskFiles(join(home, 'kept')), inbox, limits }
  return [core.store, core.otherStore].map(({ database }) => openStore(database, { files }))
}

/** Uploads a file of so many bytes. @returns its id, or the code of a refusal. */
async function uploads(made: SmallTenant, store: Store, who: UserSummary, size: number, changes = {}): Promise<string> {
  const files = store.files ?? assert.fail()
  const received = await files.inbox.receive(bytes('x'.repeat(size)))
  try {
    return (await uploadAttachment(made.as(who, { store, ...changes }), { name: 'one.txt', received })).id
  } catch (error) {
    if (error instanceof Refusal) return error.error.code
    throw error
  } finally {
    await files.inbox.discard(received)
  }
}

async function waiting(made: SmallTenant): Promise<readonly { id: string; uploader: string; size: number }[]> {
  const { rows } = await core.outside.query(
    'select id, uploader_id as uploader, size::int as size from attachments where tenant_id = $1 and message_id is null',
    [made.tenant.id],
  )
  return rows
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0)
const onDisk = (made: SmallTenant): Promise<string[]> => readdir(join(home, 'kept', made.tenant.id)).catch(() => [])

test('No person ever has more unused files than allowed, in number and bytes, through whichever process they come', async () => {
  const sizes = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.nat(1), fc.nat(1)), {
    minLength: 8,
    maxLength: 24,
  })
  await fc.assert(
    fc.asyncProperty(
      sizes,
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 60, max: 200 }),
      async (all, files, most) => {
        const made = await makeTenant(core.store)
        const stores = servers({ files, bytes: most })
        const people = [made.agent, made.customer]
        const answers = await Promise.all(
          all.map(([size, person, server]) =>
            uploads(made, stores[server] ?? assert.fail(), people[person] ?? assert.fail(), size),
          ),
        )
        const rows = await waiting(made)
        const taken = answers.filter((each) => each !== 'conflict')
        assert.deepEqual(rows.map(({ id }) => id).sort(), taken.sort())
        assert.deepEqual((await onDisk(made)).sort(), taken)
        for (const [nth, { id }] of people.entries()) {
          const own = rows.filter(({ uploader }) => uploader === id).map(({ size }) => size)
          assert.ok(own.length <= files && sum(own) <= most, `${own}`)
          // Nobody was refused for whom there was room.
          const refused = all.flatMap(([size, person], at) =>
            person === nth && answers[at] === 'conflict' ? [size] : [],
          )
          for (const size of refused) assert.ok(own.length === files || sum(own) + size > most, `${own} and ${size}`)
        }
      },
    ),
    { numRuns: 15 },
  )
})

test('All people of a tenant together have 20 times that at the most, and other tenants are not asked', async () => {
  const [made, other] = [await makeTenant(core.store), await makeTenant(core.store)]
  const stores = servers({ files: 1, bytes: 1_000 })
  const [store] = stores
  assert.ok(store)
  // As people who are gone by now left them.
  for (let nth = 0; nth < 18; nth++) {
    assert.notEqual(await uploads(made, store, made.owner, 5), 'conflict')
    await core.outside.query('update attachments set uploader_id = $2 where tenant_id = $1', [
      made.tenant.id,
      made.admin.id,
    ])
  }
  const people = [made.owner, made.agent, made.customer]
  const answers = await Promise.all(people.map((who, nth) => uploads(made, stores[nth % 2] ?? store, who, 5)))
  assert.deepEqual(answers.filter((each) => each === 'conflict').length, 1)
  assert.equal((await waiting(made)).length, 20)
  assert.equal((await onDisk(made)).length, 20)
  assert.notEqual(await uploads(other, store, other.owner, 5), 'conflict')
})

test('A file that a message took makes room, and a repeat of an upload is answered where there is none', async () => {
  const made = await makeTenant(core.store)
  const [store] = servers({ files: 1, bytes: 1_000 })
  assert.ok(store)
  const keyed = { key: 'first', credentialId: v7() }
  const first = await uploads(made, store, made.agent, 9, keyed)
  assert.equal(await uploads(made, store, made.agent, 9), 'conflict')
  assert.equal(await uploads(made, store, made.agent, 9, { ...keyed, key: 'second' }), 'conflict')
  assert.equal(await uploads(made, store, made.agent, 9, keyed), first)
  const message = { visibility: 'public', format: 'text', text: 'See', attachmentIds: [first] } as const
  const requester = { by: 'nobody' } as const
  await createTicket(made.as(made.agent, { store }), { deskId: made.desks[0], requester, message })
  // What was refused claimed no key.
  assert.notEqual(await uploads(made, store, made.agent, 9, { ...keyed, key: 'second' }), 'conflict')
})

test('A repeat of an upload whose file is gone is answered as done, without its name', async () => {
  const made = await makeTenant(core.store)
  const [store] = servers()
  const files = store?.files
  assert.ok(store && files)
  const call = () => made.as(made.agent, { store, key: 'gone', credentialId: made.agent.id })
  const upload = async () => {
    const received = await files.inbox.receive(bytes('Words'))
    const {
      uploaderId: _,
      messageId: __,
      ...shown
    } = { uploaderId: '', messageId: '', ...(await uploadAttachment(call(), { name: 'secret.txt', received })) }
    await files.inbox.discard(received)
    return shown
  }
  const first = await upload()
  const message = { visibility: 'public', format: 'text', text: 'See', attachmentIds: [first.id] } as const
  const requester = { by: 'nobody' } as const
  const { ticket } = await createTicket(made.as(made.agent, { store }), { deskId: made.desks[0], requester, message })
  assert.deepEqual(await upload(), first)
  await deleteTickets(made.as(made.owner, { store }), [ticket])
  assert.deepEqual(await upload(), { ...first, name: '' })
  const { rows } = await core.outside.query('select result::text as text from claim_results where tenant_id = $1', [
    made.tenant.id,
  ])
  for (const { text } of rows) assert.doesNotMatch(text, /secret/)
})

test('An upload that is sent 64 times at once with one key, to two processes, is one file', async () => {
  const made = await makeTenant(core.store)
  const stores = servers()
  const keyed = { credentialId: v7(), key: 'twins' }
  const twins = Array.from({ length: 64 }, (_, nth) =>
    uploads(made, stores[nth % stores.length] ?? assert.fail(), made.agent, 8, keyed),
  )
  const ids = new Set(await Promise.all(twins))
  assert.deepEqual([...ids], await onDisk(made))
  assert.deepEqual(await readdir(join(home, 'incoming')), [])
  assert.deepEqual(
    (await waiting(made)).map(({ id }) => id),
    [...ids],
  )
})
