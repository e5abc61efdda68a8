import { Readable } from 'node:stream'
import type { FileLimits, Files, ReceivedFile } from '../../storage/files.ts'
import type { Store } from '../../storage/store.ts'
import type { Context } from '../context.ts'
import { refuse, refuseField } from '../errors.ts'
import { callInput } from '../idempotency/claimed.ts'
import { once } from '../idempotency/store.ts'
import { demandLiving } from '../identity/queries.ts'
import type { NewPicture } from '../messages/content.ts'
import type { Attachment, FileCopy, Upload } from './attachment.ts'
import { kindOf } from './content.ts'
import { cleanName, kindProblem, refuseUnknownForwarded, TENANT_SHARE } from './rules.ts'
import {
  ATTACHMENT_KEPT,
  ATTACHMENTS_BY_ID,
  type AttachmentKept,
  addUpload,
  KNOWN_ATTACHMENTS,
  type MostUnused,
  PURGE_UNUSED,
  uploadOf,
  withoutName,
} from './store.ts'

/**
 * Keeps a file until a message takes it. The bytes are durable before anything says that there is a file.
 *
 * @throws Refusal `forbidden`, `invalid` (path `file`), `unavailable`, `idempotency_mismatch`, `conflict` when too many
 * wait for a message already.
 */
export async function uploadAttachment(
  ctx: Context,
  given: { readonly name: string; readonly received: ReceivedFile },
): Promise<Attachment> {
  if (!ctx.actor.permissions.has('attachment.create')) refuse({ code: 'forbidden', permission: 'attachment.create' })
  const files = ctx.store.files ?? refuse({ code: 'unavailable' })
  return once(
    ctx,
    ATTACHMENT_KEPT,
    () => keep(ctx, files, given),
    (earlier) => kept(ctx, earlier),
  )
}

async function keep(
  ctx: Context,
  files: Files,
  { name: sent, received }: Parameters<typeof uploadAttachment>[1],
): Promise<Attachment> {
  const name = cleanName(sent)
  const { fileBytes, mediaTypes } = files.limits
  if (received.size === 0) refuseField(['file'], 'too_small', 'Must not be empty.')
  if (received.size > fileBytes) refuseField(['file'], 'too_large', `At most ${fileBytes} bytes.`, fileBytes)
  const kind = await kindOf(received.head, received.head.length === received.size)
  const problem = kindProblem(name, kind.mediaType, mediaTypes)
  if (problem !== null) refuseField(['file'], 'choice', problem)
  const key = { tenantId: ctx.tenant.id, id: ctx.newId() }
  await files.store.keep(key, received)
  const { size, sha256 } = received
  const { mediaType: media_type, width, height } = kind
  const input = { id: key.id, name, media_type, size, sha256, width, height, ...callInput(ctx) }
  const [row] = await ctx.store.run(addUpload(ctx.tenant.id, input, mostUnused(files.limits)))
  if (row) return uploadOf(row)
  await eraseFiles(ctx, [key.id])
  await demandLiving(ctx)
  // A twin that was faster is found by whoever hears of this refusal.
  return refuse({ code: 'conflict', message: tooManyUnused(files.limits) })
}

function mostUnused({ unused: { files, bytes } }: FileLimits): MostUnused {
  const all = { all_files: files * TENANT_SHARE, all_bytes: bytes * TENANT_SHARE }
  return { own_files: files, own_bytes: bytes, ...all }
}

function tooManyUnused({ unused: { files, bytes } }: FileLimits): string {
  return (
    `Too many files wait for a message: one person may have ${files} of them and ${bytes} bytes, ` +
    `all together ${TENANT_SHARE} times that. Put them on messages; what no message takes is erased after a day.`
  )
}

/**
 * Keeps pictures that came within the text of a message, as uploads that the message takes right after. They came with
 * the message, so that whoever may write one may bring them. Should the message not come about, the sweep forgets them.
 *
 * @throws Refusal `unavailable`
 */
export async function keepPictures(ctx: Context, pictures: readonly NewPicture[]): Promise<void> {
  if (pictures.length === 0) return
  const files = ctx.store.files ?? refuse({ code: 'unavailable' })
  for (const { bytes, mediaType: media_type, ...picture } of pictures) {
    const received = await files.inbox.receive(Readable.from([bytes]))
    await files.store.keep({ tenantId: ctx.tenant.id, id: picture.id }, received)
    const { size, sha256 } = received
    const input = { ...picture, media_type, size, sha256, ...callInput({ ...ctx, idempotency: null }) }
    await ctx.store.run(addUpload(ctx.tenant.id, input, null))
  }
}

async function kept(ctx: Context, { attachment, upload: was }: AttachmentKept): Promise<Attachment> {
  const uploads = await findUploads(ctx, attachment === undefined ? [] : [attachment])
  const [upload] = uploads.values()
  if (upload) return upload
  // It was done; the file is gone with its message, or because no message took it.
  return was ? withoutName(was) : refuse({ code: 'not_found', missing: 'attachment' })
}

/** Attachments by id, whoever asks. */
export async function findUploads(
  { store, tenant }: { readonly store: Pick<Store, 'run'>; readonly tenant: { readonly id: string } },
  ids: readonly string[],
): Promise<ReadonlyMap<string, Upload>> {
  if (ids.length === 0) return new Map()
  const rows = await store.run(ATTACHMENTS_BY_ID.with({ tenant_id: tenant.id, ids }))
  return new Map(rows.map((row) => [row.id, uploadOf(row)]))
}

/**
 * Copies the bytes of files that are to be passed on, before any row says that there are copies. What a refusal or a
 * crash leaves of them is erased here, by the caller or by the sweep.
 *
 * @throws Refusal `invalid` (path `message.forwarded_files`) when one has no bytes any more, `unavailable`
 */
export async function copyFiles(
  ctx: { readonly store: Pick<Store, 'files'>; readonly tenant: { readonly id: string } },
  copies: readonly FileCopy[],
): Promise<void> {
  if (copies.length === 0) return
  const { store } = ctx.store.files ?? refuse({ code: 'unavailable' })
  try {
    for (const { id, sourceId } of copies)
      if (!(await store.copy({ tenantId: ctx.tenant.id, id: sourceId }, id))) refuseUnknownForwarded()
  } catch (error) {
    await eraseFiles(
      ctx,
      copies.map(({ id }) => id),
    )
    throw error
  }
}

/**
 * Erases the bytes of attachments whose rows are gone, after the commit that took them. It never fails a call that has
 * committed: what cannot be erased now is erased by the sweep.
 */
export async function eraseFiles(
  { store, tenant }: { readonly store: Pick<Store, 'files'>; readonly tenant: { readonly id: string } },
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return
  await store.files?.store.remove(ids.map((id) => ({ tenantId: tenant.id, id }))).catch(() => {})
}

/** Files or rows that one statement looks at. */
const CHUNK = 500

/**
 * Forgets a tenant's uploads that no message took, and erases files that have no row: what a crash left between a file
 * and its row, or between the end of a row and that of its file.
 *
 * @param before uploads and files that are younger stay: their message, or their row, may be on its way.
 */
export async function sweepAttachments(
  store: Store,
  tenantId: string,
  before: { readonly unused: Date; readonly rowless: Date },
): Promise<void> {
  if (!store.files) return
  const { store: files } = store.files
  const erase = (ids: readonly string[]): Promise<void> => files.remove(ids.map((id) => ({ tenantId, id })))
  for (;;) {
    const unused = PURGE_UNUSED.with({ tenant_id: tenantId, before: before.unused.toISOString(), limit: CHUNK })
    const forgotten = await store.run(unused)
    await erase(forgotten.map(({ id }) => id))
    if (forgotten.length < CHUNK) break
  }
  let seen: string[] = []
  const eraseUnknown = async (): Promise<void> => {
    if (seen.length === 0) return
    const known = await store.run(KNOWN_ATTACHMENTS.with({ tenant_id: tenantId, ids: seen }))
    const ids = new Set(known.map(({ id }) => id))
    await erase(seen.filter((id) => !ids.has(id)))
    seen = []
  }
  for await (const { id, since } of files.list(tenantId)) {
    if (since < before.rowless) seen.push(id)
    if (seen.length === CHUNK) await eraseUnknown()
  }
  await eraseUnknown()
}
