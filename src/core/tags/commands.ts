import { rightsOf } from '../bulk/commands.ts'
import { type BulkJob, MOST_RUNNING } from '../bulk/job.ts'
import { getJob } from '../bulk/queries.ts'
import { COUNT_RUNNING } from '../bulk/store.ts'
import { demandMayManage } from '../catalogue/commands.ts'
import type { Context } from '../context.ts'
import { refuse, refuseField } from '../errors.ts'
import { callValues } from '../idempotency/claimed.ts'
import { once } from '../idempotency/store.ts'
import { composed } from '../spelling.ts'
import { ledTo, tagOf } from '../tickets/rules/tags.ts'
import { findTag, getTag, tagIn } from './queries.ts'
import { ADD_TAG, CHANGE_TAG, COUNT_TAGS, FORGET_TAGS, lockTags, RETAG, TAG_KEPT, type TagKept } from './store.ts'
import { LONGEST_TAG, LONGEST_TAG_DESCRIPTION, MOST_TAGS, type Tag, type TagWords } from './tag.ts'

/** A tag, and the job that changes the tickets where there is one. */
export interface TagOutcome {
  readonly tag: Tag
  readonly job: BulkJob | null
}

/**
 * Makes a tag, or describes one that is there because tickets have it.
 *
 * @throws Refusal `forbidden`, `invalid` (paths `name`, `description`), `conflict`, `idempotency_mismatch`
 */
export async function addTag(ctx: Context, given: TagWords & { readonly name: string }): Promise<Tag> {
  demandMayManage(ctx, 'catalogue.manage')
  const name = readTag(given.name, ['name'])
  const words = { colour: given.colour ?? null, description: readDescription(given.description ?? '') }
  const made = await once(
    ctx,
    TAG_KEPT,
    async () => {
      if ((await findTag(ctx, name))?.kept) refuse({ code: 'conflict', message: `There is a tag ${name} already.` })
      await demandRoom(ctx)
      const [row] = await ctx.store.run(
        ADD_TAG.with(callValues(ctx, { name, ...words, is_new: true }), lockTags(ctx.tenant.id)),
      )
      return row?.name
    },
    keptName,
  )
  return nowOf(ctx, made)
}

/**
 * Says anew what a tag is, and renames it: on all tickets that have it, by a job, and for whoever still names it as it was.
 *
 * @throws Refusal `forbidden`, `not_found`, `invalid` (paths `name`, `description`), `conflict` where there is a tag of that name,
 * `idempotency_mismatch`
 */
export async function changeTag(
  ctx: Context,
  given: string,
  change: TagWords & { readonly name?: string },
): Promise<TagOutcome> {
  demandMayManage(ctx, 'catalogue.manage')
  const into = change.name === undefined ? undefined : readTag(change.name, ['name'])
  const description = change.description === undefined ? undefined : readDescription(change.description)
  const kept = await once<TagKept, TagKept>(
    ctx,
    TAG_KEPT,
    async () => {
      const tag = await getTag(ctx, given)
      const words = {
        colour: change.colour === undefined ? tag.colour : change.colour,
        description: description ?? tag.description,
      }
      if (into !== undefined && into !== tag.name) {
        if ((await findTag(ctx, into))?.is_tag)
          refuse({ code: 'conflict', message: `There is a tag ${into} already: merge them.` })
        return retag(ctx, { from: tag.name, into, isNew: true }, { kind: 'tag.changed', ...words })
      }
      if (!tag.kept) await demandRoom(ctx)
      const call = callValues(ctx, { name: tag.name, ...words, is_new: false })
      const [row] = await ctx.store.run(CHANGE_TAG.with(call, lockTags(ctx.tenant.id)))
      return row && { tag: row.name }
    },
    (earlier) => earlier,
  )
  if (kept.bulk_job === undefined) return { tag: await nowOf(ctx, keptName(kept)), job: null }
  const job = await getJob(ctx, kept.bulk_job)
  return { tag: await nowOf(ctx, job.retag?.into ?? given), job }
}

/**
 * Merges a tag into another: all tickets that have it get the other one, and whoever still names it means that.
 *
 * @throws Refusal `forbidden`, `not_found`, `invalid` (path `into`), `conflict`, `idempotency_mismatch`
 */
export async function mergeTag(ctx: Context, given: string, intoGiven: string): Promise<BulkJob> {
  return retagAll(ctx, async () => {
    const from = await getTag(ctx, given)
    const into = await findTag(ctx, ledTo(readTag(intoGiven, ['into']), ctx.tenant.tagWays))
    if (!into?.is_tag) refuseField(['into'], 'unknown', 'This tag does not exist.')
    if (into.name === from.name) refuseField(['into'], 'not_allowed', 'It is the tag itself.')
    const { colour, description } = into
    return retag(ctx, { from: from.name, into: into.name, isNew: false }, { kind: 'tag.merged', colour, description })
  })
}

/** Takes a tag off all tickets. @throws Refusal `forbidden`, `not_found`, `conflict`, `idempotency_mismatch` */
export async function deleteTag(ctx: Context, given: string): Promise<BulkJob> {
  return retagAll(ctx, async () => {
    const { name: from, colour, description } = await getTag(ctx, given)
    return retag(ctx, { from, into: null, isNew: false }, { kind: 'tag.deleted', colour, description })
  })
}

async function retagAll(ctx: Context, work: () => Promise<TagKept | undefined>): Promise<BulkJob> {
  demandMayManage(ctx, 'catalogue.manage')
  const { bulk_job: id } = await once<TagKept, TagKept>(ctx, TAG_KEPT, work, (earlier) => earlier)
  return getJob(ctx, id ?? refuse({ code: 'not_found', missing: 'job' }))
}

interface Retagging extends Pick<Tag, 'colour' | 'description'> {
  readonly kind: 'tag.changed' | 'tag.merged' | 'tag.deleted'
}

/** Forgets tags that no ticket has any more and nobody described, after tickets were erased: they may be words of theirs. */
export async function forgetTags({ store, tenant }: Context): Promise<void> {
  await store.run(FORGET_TAGS.with({ tenant_id: tenant.id }, lockTags(tenant.id)))
}

/** Undefined where somebody else was faster. */
async function retag(
  ctx: Context,
  way: { readonly from: string; readonly into: string | null; readonly isNew: boolean },
  words: Retagging,
): Promise<TagKept | undefined> {
  if (ctx.tenant.tagWays.length >= MOST_TAGS)
    refuse({ code: 'conflict', message: `At most ${MOST_TAGS} earlier names of tags are remembered.` })
  const [running] = await ctx.store.run(COUNT_RUNNING.with({ tenant_id: ctx.tenant.id }))
  if ((running?.count ?? 0) >= MOST_RUNNING)
    refuse({ code: 'conflict', message: `At most ${MOST_RUNNING} jobs are under way at once.` })
  const { from, into, isNew } = way
  const about = {
    ...{ from_name: from, into_name: into, is_new: isNew, ...words, ...rightsOf(ctx) },
    ...{ job_id: ctx.newId(), job_event_id: ctx.newId(), retag: way },
    change: { ...(into !== null && { addTags: [into] }), removeTags: [from] },
  }
  const [row] = await ctx.store.run(RETAG.with(callValues(ctx, about), lockTags(ctx.tenant.id)))
  return row && { bulk_job: row.job_id }
}

/** A tag as it is by now: a snapshot of the tenant may know less of where names lead. */
async function nowOf(ctx: Context, name: string): Promise<Tag> {
  const found = await findTag(ctx, name)
  if (found === undefined || found.is_led) return getTag(ctx, name)
  return tagIn(found)
}

/** That there are not as many already as may be; the statement sees to it once more. @throws Refusal `conflict` */
async function demandRoom({ store, tenant }: Context): Promise<void> {
  const [row] = await store.run(COUNT_TAGS.with({ tenant_id: tenant.id }))
  if ((row?.count ?? 0) >= MOST_TAGS) refuse({ code: 'conflict', message: `At most ${MOST_TAGS} tags are described.` })
}

/** @throws Refusal `invalid` */
function readTag(given: string, path: readonly string[]): string {
  const name = tagOf(given)
  if (name === '') refuseField(path, 'required', 'Must not be empty.')
  if ([...name].length > LONGEST_TAG) refuseField(path, 'too_long', 'Is too long.', LONGEST_TAG)
  return name
}

function readDescription(given: string): string {
  const description = composed(given).trim()
  if ([...description].length > LONGEST_TAG_DESCRIPTION)
    refuseField(['description'], 'too_long', 'Is too long.', LONGEST_TAG_DESCRIPTION)
  return description
}

/** The tag that an earlier call with the same key was about. */
function keptName({ tag }: TagKept): string {
  return tag ?? refuse({ code: 'not_found', missing: 'tag' })
}
