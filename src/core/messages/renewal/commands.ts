import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Store } from '../../../storage/store.ts'
import { FILES_OF_A_MESSAGE } from '../../attachments/rules.ts'
import type { System } from '../../context.ts'
import { RENDERING, SANITIZER, withFiles } from '../content.ts'
import { NO_ROOM, type Picture, type Room } from '../html/pictures.ts'
import { renderAside } from '../html/threads.ts'
import { type NewFile, OLD_RENDERINGS, type OldRow, RENEW, type RenewedMessage } from './store.ts'

/** Messages of one statement. */
const CHUNK = 20
/** For how long one message may take, in milliseconds: nobody waits. */
const PATIENCE_MS = 60_000

/** Whose messages are rendered again, and with what. */
export interface RenewalSystem extends System<Store> {
  readonly tenantId: string
}

/**
 * Renders some of a tenant's messages again that older rules rendered, or that were rendered in haste.
 *
 * @returns how many; fewer than asked for only when there are no more.
 */
export async function renewSome(system: RenewalSystem, limit = CHUNK): Promise<number> {
  const { store, tenantId } = system
  const rows = await store.run(OLD_RENDERINGS.with({ tenant_id: tenantId, rendering: RENDERING, limit }))
  if (rows.length === 0) return 0
  const renewed: Renewed[] = []
  for (const row of rows) renewed.push(await renew(row, system))
  const files = renewed.flatMap((each) => each.files)
  const messages = renewed.map(({ message }) => message)
  await store.run(RENEW.with({ tenant_id: tenantId, messages, files }))
  return rows.length
}

interface Renewed {
  readonly message: RenewedMessage
  readonly files: readonly NewFile[]
}

async function renew(row: OldRow, system: RenewalSystem): Promise<Renewed> {
  const format = row.format === 'html' ? 'html' : 'either'
  const made = await renderAside({ text: row.original, format, room: roomOf(row, system.store) }, PATIENCE_MS)
  const files: NewFile[] = []
  const places: { readonly id: string }[] = []
  const known = new Map(row.files.map(({ id, sha256 }) => [sha256, id]))
  for (const picture of made.pictures) {
    const sha256 = createHash('sha256').update(picture.bytes).digest('hex')
    const id = known.get(sha256) ?? system.newId()
    places.push({ id })
    if (!known.has(sha256)) files.push(await keep(picture, { row, id, sha256, nth: files.length }, system))
  }
  const isHtml = made.format === 'html' && made.safeHtml !== null
  const message = {
    id: row.id,
    digest: row.digest,
    format: made.format,
    plain: isGiven(row, made.plain) ? row.plain : made.plain,
    safe_html: made.safeHtml === null ? null : withFiles(made.safeHtml, places),
    sanitizer: isHtml ? SANITIZER : null,
    // Also when there was no time again: else it would be tried for ever.
    rendering: isHtml ? RENDERING : null,
  }
  return { message, files }
}

function roomOf({ files }: OldRow, { files: kept }: Store): Room {
  if (!kept) return NO_ROOM
  const { messageBytes, fileBytes, mediaTypes } = kept.limits
  // Its own pictures are among its files already.
  return { files: Math.max(files.length, FILES_OF_A_MESSAGE), bytes: messageBytes, fileBytes, mediaTypes }
}

async function keep(
  picture: Picture,
  {
    row,
    id,
    sha256,
    nth,
  }: { readonly row: OldRow; readonly id: string; readonly sha256: string; readonly nth: number },
  { store, tenantId, now }: RenewalSystem,
): Promise<NewFile> {
  if (!store.files) throw new Error('Without files no picture is found.')
  const { bytes, mediaType: media_type, ...rest } = picture
  await store.files.store.keep({ tenantId, id }, await store.files.inbox.receive(Readable.from([bytes])))
  return { ...rest, message_id: row.id, id, nth, media_type, size: bytes.length, sha256, at: now }
}

/**
 * Whether plain text was the sender's own. Before that was recorded it is told by its letters: what we made of the HTML had
 * no others than the HTML has, in that order.
 */
function isGiven({ plain_given, rendering, plain }: OldRow, made: string): boolean {
  if (plain_given || rendering !== null) return plain_given
  const [ours, all] = [lettersOf(plain), lettersOf(made)]
  let from = 0
  for (const character of ours) {
    const at = all.indexOf(character, from)
    if (at === -1) return true
    from = at + character.length
  }
  return false
}

/** Without what was ours to add: addresses of links, and the numbers of items. */
function lettersOf(text: string): string {
  return text
    .replace(/\[[^\]\n]{0,2000}\]|^ {0,40}\d{1,9}\. /gm, '')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}
