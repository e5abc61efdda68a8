import { PassThrough } from 'node:stream'
import type { Store } from '../../storage/store.ts'
import { uploadAttachment } from '../attachments/commands.ts'
import { refuse, refuseField } from '../errors.ts'
import type { ImportedThing, ImportOutcome } from './record.ts'
import { sourceKey } from './rules.ts'
import { known, type Memory, type Run } from './run.ts'

export async function takePart(
  run: Run,
  id: string,
  { name, sha256, part, isLast, bytes }: Extract<ImportedThing, { readonly kind: 'file' }>,
): Promise<ImportOutcome | null> {
  const { ctx, around, source, memory } = run
  const key = sourceKey(source, 'file', id)
  if (part === 0) {
    await forgetIncoming(ctx.store, memory)
    const isHere = (await known(run, [key])).has(key) || memory.uploads.has(key)
    if (isHere) return isLast ? 'unchanged' : null
    if (around.dryRun) {
      memory.wouldBe.add(key)
      return isLast ? 'created' : null
    }
    const { inbox } = ctx.store.files ?? refuse({ code: 'unavailable' })
    const parts = new PassThrough()
    const received = inbox.receive(parts)
    received.catch(() => {})
    memory.incoming = { key, parts, received, next: 0 }
  }
  const { incoming } = memory
  if (!incoming || incoming.key !== key) {
    const isKnown = memory.wouldBe.has(key) || memory.uploads.has(key) || (await known(run, [key])).has(key)
    if (isKnown) return isLast ? 'unchanged' : null
    return refuseField(['part'], 'not_allowed', 'The parts before this one are not there.')
  }
  if (part !== incoming.next) refuseField(['part'], 'not_allowed', `Part ${incoming.next} is the next one.`)
  incoming.next += 1
  await Promise.race([
    incoming.received,
    new Promise<void>((resolve) => {
      if (incoming.parts.write(bytes)) resolve()
      else incoming.parts.once('drain', resolve)
    }),
  ])
  if (!isLast) return null
  incoming.parts.end()
  memory.incoming = null
  const received = await incoming.received
  try {
    if (sha256 !== null && sha256 !== received.sha256) refuseField(['sha256'], 'not_allowed', 'These are other bytes.')
    memory.uploads.set(key, (await uploadAttachment(ctx, { name, received })).id)
    return 'created'
  } finally {
    await ctx.store.files?.inbox.discard(received)
  }
}

async function forgetIncoming(store: Store, memory: Memory): Promise<void> {
  const { incoming } = memory
  memory.incoming = null
  if (!incoming) return
  incoming.parts.destroy()
  const received = await incoming.received.catch(() => null)
  if (received) await store.files?.inbox.discard(received)
}

export async function forget(store: Store, memory: Memory): Promise<void> {
  await forgetIncoming(store, memory)
}
