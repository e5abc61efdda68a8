import { keepPictures } from '../attachments/commands.ts'
import { boundsOf } from '../bounds.ts'
import { type Issue, Refusal, refuse, refuseField } from '../errors.ts'
import type { UserSummary } from '../identity/user.ts'
import { demandFitting, demandFittingForms } from '../messages/bounds.ts'
import { type Content, contentOf, roomFor } from '../messages/content.ts'
import { keysOf } from '../search/words.ts'
import { composed } from '../spelling.ts'
import { provenance } from '../tickets/commands/circumstances.ts'
import type { MessageDraft, TicketState } from '../tickets/drafts.ts'
import { changedInput, openedInput, stateOfLine } from '../tickets/fields.ts'
import { findTickets } from '../tickets/queries/find.ts'
import { snoozedAfter } from '../tickets/rules/snooze.ts'
import { distinct } from '../tickets/rules/tags.ts'
import { STATES_BY_ID } from '../tickets/store/find.ts'
import { envelopeInput, messageInput, provenanceInput, textsOf, textsOfMessage } from '../tickets/store/inputs.ts'
import { channelOf, named } from './catalogue.ts'
import { peopleInFields, valuesFrom } from './fields.ts'
import { peopleOf, personKey } from './people.ts'
import type { ImportedFile, ImportedMessage, ImportedPerson, ImportedTicket, ImportOutcome } from './record.ts'
import { answer, eventsOf, saidAnew, saidOf, sourceKey, timesOf } from './rules.ts'
import { type Known, keep, known, leaveOut, type Run } from './run.ts'
import { WRITE_IMPORTED } from './store.ts'

/** How often a ticket is looked at again that somebody else changed meanwhile. */
const ROUNDS = 5

/** Refuses messages of a ticket that did not come before. */
export async function demandTicket(run: Run, id: string): Promise<void> {
  const key = sourceKey(run.source, 'ticket', id)
  if (run.memory.latestTicket !== key && !(await known(run, [key])).has(key))
    refuseField(['ticket'], 'unknown', 'The line of the ticket itself has to come before.')
}

export async function takeTicket(
  run: Run,
  id: string,
  given: ImportedTicket,
  countMade: (kind: string, times: number) => void,
): Promise<ImportOutcome> {
  run.memory.latestTicket = sourceKey(run.source, 'ticket', id)
  for (let round = 1; round <= ROUNDS; round++) {
    const told = run.problems.length
    const outcome = await tryTicket(run, id, given, countMade)
    if (outcome !== null) return outcome
    run.problems.length = told
  }
  return refuse({ code: 'conflict', message: 'The ticket kept changing at the same time.' })
}

const NOTHING: ReadonlySet<string> = new Set()

/** @returns null where somebody else wrote it meanwhile. */
async function tryTicket(
  run: Run,
  id: string,
  given: ImportedTicket,
  countMade: (kind: string, times: number) => void,
): Promise<ImportOutcome | null> {
  const { ctx, around, source } = run
  const key = sourceKey(source, 'ticket', id)
  const keyOf = (message: { readonly id: string }): string => sourceKey(source, 'message', message.id)
  const ids = given.messages.map((message) => message.id)
  if (new Set(ids).size < ids.length) refuseField(['messages'], 'not_allowed', 'Two messages have the same id.')
  const answered = given.messages.flatMap(({ inReplyTo }) => (inReplyTo === null ? [] : [keyOf({ id: inReplyTo })]))
  const rows = await known(run, [...new Set([key, ...given.messages.map(keyOf), ...answered])])
  const row = rows.get(key)
  // One that was merged here leads to the ticket that stays: what was said more comes to that, and nothing else of it.
  const [standing] = row ? await findTickets(ctx, [{ id: row.id }]) : []
  const isMerged = row !== undefined && standing?.id !== row.id
  const [line] = standing
    ? await ctx.store.run(STATES_BY_ID.with({ tenant_id: ctx.tenant.id, ids: [standing.id] }))
    : []
  const before = line ? stateOfLine(line) : null
  if (row && !before) {
    leaveOut(run, ['id'], 'not_allowed', 'This ticket was erased here.')
    return 'unchanged'
  }
  const { messages: _messages, times, ...fields } = given
  const said = saidOf({ ...fields, times: Object.keys(times).length > 0 ? times : undefined })
  const anew = isMerged ? NOTHING : saidAnew(said, row?.said ?? {})
  const fresh = given.messages.filter((message) => !rows.has(keyOf(message)))
  if (before && anew.size === 0 && fresh.length === 0) return 'unchanged'

  const deskId = before?.deskId ?? named(run, 'desk', ctx.tenant.desks, given.desk) ?? ctx.tenant.defaultDesk.id
  if (before && anew.has('desk') && row && Object.keys(row.said).length > 0)
    leaveOut(run, ['desk'], 'not_allowed', 'A ticket that is here already stays on its desk.')
  const authors = fresh.map(({ author }) => author)
  const inFields = anew.has('fields') ? peopleInFields(run, given) : []
  const people = [given.requester, given.assignee, ...authors, ...inFields].flatMap((each) => each ?? [])
  const found = await peopleOf(run, deskId, people, countMade)
  const userOf = (person: ImportedPerson | null | undefined) =>
    person ? (found.get(personKey(run, person)) ?? null) : null
  const state = stateFrom(run, {
    before,
    given,
    anew,
    deskId,
    requester: userOf(given.requester),
    assignee: userOf(given.assignee),
    userOf,
  })
  const drafts = await draftsOf(run, { fresh, state, userOf, rows, keyOf })
  if (around.dryRun) {
    if (fresh.length > 0) countMade('message', fresh.length)
    return before ? 'changed' : 'created'
  }
  const spoken = drafts.map(({ draft, createdAt }) => ({ ...draft, createdAt }))
  const described = before?.description
    ? before.description
    : (spoken.find(({ visibility }) => visibility === 'public')?.plain ?? '')
  const whole: TicketState = {
    ...state,
    description: described,
    snoozedUntil: snoozedAfter(state, { status: state.status, change: {}, message: answer(spoken) }),
    ...timesOf(anew.has('times') || !before ? times : {}, state.status, spoken, before ?? {}, ctx.now),
  }
  const changed = { ...whole, updatedAt: before ? ctx.now : whole.updatedAt }
  await keepPictures(
    ctx,
    drafts.flatMap(({ draft }) => draft.pictures),
  )
  const events = eventsOf(before, changed, spoken, ctx.newId)
  if (before && events.length === 0) {
    // Nothing that is told of: what the source said is remembered all the same.
    await keep(run, key, before.id, { ...row?.said, ...said })
    return 'unchanged'
  }
  const [written] = await ctx.store.run(
    WRITE_IMPORTED.with({
      tenant_id: ctx.tenant.id,
      by: provenanceInput(provenance(ctx)),
      ticket: {
        ...openedInput(changed),
        ...changedInput(changed),
        ...{ call: 1, source_key: key, is_new: before === null, expected: before?.version ?? 0, said },
        ...{
          old_status: before?.status ?? changed.status,
          created_at: changed.createdAt,
          updated_at: changed.updatedAt,
        },
        search_keys: keysOf([...textsOf(changed), ...drafts.flatMap(({ draft }) => textsOfMessage(draft))]),
      },
      messages: drafts.map(({ draft, createdAt, key: source_key }, nth) => ({
        ...{
          nth: nth + 1,
          source_key,
          ...messageInput(draft),
          ticket_status: draft.ticketStatus,
          created_at: createdAt,
        },
        ...envelopeInput(draft),
      })),
      events: events.map(({ messageId: message_id, ...event }, nth) => ({ ...event, message_id, nth: nth + 1 })),
      files: drafts.flatMap(({ draft, files }) => [
        ...files.map((file, nth) => ({ id: file.upload, source_key: file.key, message_id: draft.id, nth })),
        ...draft.pictures.map((picture, nth) => ({
          id: picture.id,
          source_key: '',
          message_id: draft.id,
          nth: files.length + nth,
        })),
      ]),
    }),
  )
  if (!written?.done) return null
  for (const { files } of drafts) for (const file of files) run.memory.uploads.delete(file.key)
  if (drafts.length > 0) countMade('message', drafts.length)
  return before ? 'changed' : 'created'
}

interface Wanted {
  readonly before: TicketState | null
  readonly given: ImportedTicket
  readonly anew: ReadonlySet<string>
  readonly deskId: string
  readonly requester: UserSummary | null
  readonly assignee: UserSummary | null
  readonly userOf: (person: ImportedPerson) => UserSummary | null
}

/** The ticket with what its source says anew; what was changed here and not there stays. */
function stateFrom(run: Run, wanted: Wanted): TicketState {
  const { before, given, anew, deskId, requester, assignee, userOf } = wanted
  const { ctx } = run
  const { tenant } = ctx
  const base: TicketState = before ?? {
    ...{ id: ctx.newId(), integer: 0, number: 0, version: 1, deskId, description: '', title: '', status: 'new' },
    ...{
      priority: 'normal',
      topicId: null,
      typeId: null,
      groupId: null,
      formId: null,
      requesterId: null,
      assigneeId: null,
    },
    ...{ channelId: channelOf(run, ['channel'], given.channel), direction: given.direction ?? 'inbound' },
    ...{ fromAddress: composed(given.from?.address ?? ''), fromName: composed(given.from?.name ?? '') },
    ...{ toAddress: composed(given.to?.address ?? ''), toName: composed(given.to?.name ?? '') },
    ...{ externalReference: given.reference ? composed(given.reference) : null, tags: [], fields: {} },
    ...{ createdAt: ctx.now, updatedAt: ctx.now, statusChangedAt: null, firstResponseAt: null, latestMessageAt: null },
    ...{
      latestAgentAt: null,
      latestRequesterAt: null,
      waitingSince: null,
      solvedAt: null,
      closedAt: null,
      snoozedUntil: null,
      finishedAt: null,
    },
  }
  /** What is said of a field anew; undefined where nothing is, or it is not known here. */
  const or = <Value>(field: string, value: Value | undefined, otherwise: Value): Value =>
    anew.has(field) && value !== undefined ? value : otherwise
  return {
    ...base,
    title: or('title', given.title, base.title),
    status: or('status', given.status, base.status),
    priority: or('priority', given.priority, base.priority),
    topicId: or('topic', anew.has('topic') ? named(run, 'topic', tenant.topics, given.topic) : undefined, base.topicId),
    typeId: or('type', anew.has('type') ? named(run, 'type', tenant.types, given.type) : undefined, base.typeId),
    formId: or('form', anew.has('form') ? named(run, 'form', tenant.forms, given.form) : undefined, base.formId),
    groupId: or('group', anew.has('group') ? named(run, 'group', tenant.groups, given.group) : undefined, base.groupId),
    requesterId: or('requester', given.requester === undefined ? undefined : (requester?.id ?? null), base.requesterId),
    assigneeId: or(
      'assignee',
      anew.has('assignee') ? assigneeOn(run, given, assignee, base.deskId) : undefined,
      base.assigneeId,
    ),
    tags: or('tags', given.tags && distinct(given.tags, tenant.tagWays), base.tags),
    fields: anew.has('fields') ? valuesFrom(run, base.fields, given, userOf) : base.fields,
  }
}

function assigneeOn(
  run: Run,
  { assignee: given }: ImportedTicket,
  user: UserSummary | null,
  deskId: string,
): string | null | undefined {
  if (given === undefined || given === null) return given
  const works = user?.isOwner || user?.memberships.some((each) => each.deskId === deskId && each.role !== 'customer')
  if (user && works) return user.id
  if (!run.around.dryRun) leaveOut(run, ['assignee'], 'unknown', 'Does not work on the desk of the ticket.')
  return undefined
}

interface Drafted {
  readonly draft: MessageDraft & Pick<Content, 'pictures'>
  readonly key: string
  readonly createdAt: string
  readonly files: readonly { readonly key: string; readonly upload: string }[]
}

async function draftsOf(
  run: Run,
  given: {
    readonly fresh: readonly ImportedMessage[]
    readonly state: TicketState
    readonly userOf: (person: ImportedPerson | null) => UserSummary | null
    readonly rows: ReadonlyMap<string, Known>
    readonly keyOf: (message: { readonly id: string }) => string
  },
): Promise<readonly Drafted[]> {
  const { ctx } = run
  const { state, rows, keyOf, userOf } = given
  const made = new Map<string, string>()
  const drafts: Drafted[] = []
  for (const [nth, message] of given.fresh.entries()) {
    const path = ['messages', nth]
    const key = keyOf(message)
    const id = ctx.newId()
    made.set(key, id)
    const author = userOf(message.author)
    const isRequesters = author !== null && author.id === state.requesterId
    const authorRole = message.authorRole ?? (isRequesters || (nth === 0 && author === null) ? 'requester' : 'agent')
    const files = await filesOf(run, message, path)
    const { format, text, plain } = message
    const written = { visibility: message.visibility, format, text, ...(plain !== undefined && { plain }) }
    const room = roomFor(ctx.store.files?.limits, { ...written, attachmentIds: files.map(({ upload }) => upload) })
    const content = await inPlace(path, async () => {
      demandFitting(written, boundsOf(ctx))
      const content = await contentOf(written, { room, newId: ctx.newId })
      demandFittingForms(written, content, boundsOf(ctx))
      return content
    })
    const answeredKey = message.inReplyTo === null ? null : keyOf({ id: message.inReplyTo })
    const inReplyTo = answeredKey === null ? null : (made.get(answeredKey) ?? rows.get(answeredKey)?.id ?? null)
    if (answeredKey !== null && inReplyTo === null)
      leaveOut(run, [...path, 'in_reply_to'], 'unknown', 'There is no such message.')
    const envelope = {
      to: message.to,
      cc: message.cc,
      bcc: message.bcc,
      inReplyTo,
      externalReference: message.reference,
    }
    const isEnveloped =
      message.to.length + message.cc.length + message.bcc.length > 0 || inReplyTo !== null || message.reference !== null
    const pictures = new Set(content.pictures.map(({ name }) => name))
    drafts.push({
      key,
      createdAt: message.createdAt ?? ctx.now,
      files: files.filter(({ isPicture, name }) => !(isPicture && pictures.has(name))),
      draft: {
        ...{ id, visibility: message.visibility, authorId: author?.id ?? null, authorRole, ...content },
        authorName: message.authorName === null ? null : composed(message.authorName),
        direction: message.direction ?? (authorRole === 'requester' ? 'inbound' : 'outbound'),
        channelId:
          message.channel === undefined ? state.channelId : channelOf(run, [...path, 'channel'], message.channel),
        ticketStatus: message.status ?? state.status,
        envelope: isEnveloped ? envelope : null,
        ...{ attachmentIds: [], copies: [] },
      },
    })
  }
  return drafts
}

/** Does what may be refused by the field of a message, and names it by its place in the line. */
async function inPlace<Result>(path: Issue['path'], work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Refusal) || error.error.code !== 'invalid') throw error
    const issues = error.error.issues.map((issue) => ({ ...issue, path: [...path, ...issue.path.slice(1)] }))
    return refuse({ code: 'invalid', issues })
  }
}

async function filesOf(
  { source, memory, around, problems }: Run,
  message: ImportedMessage,
  path: Issue['path'],
): Promise<
  readonly { readonly key: string; readonly upload: string; readonly name: string; readonly isPicture: boolean }[]
> {
  const keyed = message.files.map((file: ImportedFile) => ({ file, key: sourceKey(source, 'file', file.id) }))
  return keyed.flatMap(({ file, key }, nth) => {
    const upload = memory.uploads.get(key)
    if (upload !== undefined) return [{ key, upload, name: file.name ?? '', isPicture: message.format === 'html' }]
    const isTold = around.dryRun && memory.wouldBe.has(key)
    if (!isTold)
      problems.push({
        outcome: 'left_out',
        issue: { path: [...path, 'attachments', nth], rule: 'unknown', message: 'Its bytes are not there.' },
      })
    return []
  })
}
