import type { TSchema } from 'typebox'
import {
  addRecord,
  changeRecord,
  findRecord,
  type NewRecord,
  type RecordChange,
  recordsOf,
} from '../../../core/catalogue/commands.ts'
import { addField, changeField, findField } from '../../../core/catalogue/fields.ts'
import type { RecordKind, RecordRow } from '../../../core/catalogue/records.ts'
import type { Context } from '../../../core/context.ts'
import { refuse } from '../../../core/errors.ts'
import { reachesDesk } from '../../../core/identity/actor.ts'
import type { Permission } from '../../../core/identity/permissions.ts'
import { changeTenant } from '../../../core/tenants/commands.ts'
import { type Route, route } from '../../route.ts'
import type { Need } from '../auth.ts'
import { pageOf } from '../paging.ts'
import {
  decodeFieldChange,
  decodeFieldRef,
  decodeNewField,
  decodeRecordId,
  encodeChannel,
  encodeDesk,
  encodeField,
  encodeGroup,
  encodePriorityLabel,
  encodeRecord,
  encodeStatusLabel,
  encodeTenant,
  encodeTopic,
} from './codec.ts'
import {
  CatalogueQuery,
  ChannelAnswer,
  ChannelListAnswer,
  DeskAnswer,
  DeskChangeBody,
  DeskListAnswer,
  FieldAnswer,
  FieldChangeBody,
  FieldListAnswer,
  FieldParams,
  GroupAnswer,
  GroupListAnswer,
  NewChannelBody,
  NewDeskBody,
  NewFieldBody,
  NewPriorityLabelBody,
  NewRecordBody,
  NewStatusLabelBody,
  NewTopicBody,
  PriorityLabelAnswer,
  PriorityLabelListAnswer,
  RecordAnswer,
  RecordChangeBody,
  RecordListAnswer,
  RecordParams,
  StatusLabelAnswer,
  StatusLabelListAnswer,
  TenantAnswer,
  TenantChangeBody,
  TopicAnswer,
  TopicChangeBody,
  TopicListAnswer,
} from './schema.ts'

/** How the records of a kind are called and shown. */
interface Showing<K extends RecordKind> {
  readonly path: string
  /** For operation ids: `Topic`, `Topics`. */
  readonly names: readonly [one: string, many: string]
  /** For people: `a topic`, `the topics`. */
  readonly words: readonly [one: string, many: string]
  readonly manage: Permission
  readonly newBody: TSchema
  /** Of a change, where it is more than its name and whether it is active. */
  readonly changeBody?: TSchema
  /** What a change may do, where that is more. */
  readonly changes?: string
  readonly answers: readonly [one: TSchema, list: TSchema]
  readonly encode: (record: RecordRow<K>) => unknown
  /** What is in a caller's reach; all of it by default. */
  readonly reaches?: (ctx: Context, record: RecordRow<K>) => boolean
}

/** What a body says of a record, whatever its kind. */
type Said<Input extends NewRecord | RecordChange> = Omit<Input, 'offeredIn'> & {
  readonly offered_in?: readonly string[]
}

function readOffers<Input extends NewRecord | RecordChange>({ offered_in: offeredIn, ...rest }: Said<Input>) {
  return { ...rest, ...(offeredIn && { offeredIn }) }
}

/**
 * A list of what the tenant's snapshot holds, retired records too, because tickets may still have them; and how one is
 * shown, added, renamed and retired.
 */
function records<K extends RecordKind>(kind: K, showing: Showing<K>): readonly Route<Need>[] {
  const { path, names, words, manage, answers, encode, reaches = () => true } = showing
  const { changeBody = RecordChangeBody, changes = '' } = showing
  const [one, many] = names
  const inReach = (ctx: Context) => recordsOf(ctx.tenant, kind).filter((each) => reaches(ctx, each))
  return [
    route({
      method: 'GET',
      path,
      operationId: `list${many}`,
      summary: `List ${words[1]}`,
      need: ['catalogue.read'],
      query: CatalogueQuery,
      answers: { 200: answers[1] },
      handle: async ({ ctx, query }) => ({ status: 200, body: pageOf(inReach(ctx).map(encode), query) }),
    }),
    route({
      method: 'POST',
      path,
      operationId: `create${one}`,
      summary: `Add ${words[0]}`,
      need: [manage],
      body: showing.newBody,
      answers: { 201: answers[0] },
      handle: async ({ ctx, body }) => {
        const made = await addRecord(ctx, kind, readOffers(body as Said<NewRecord>))
        return { status: 201, headers: { location: `${path}/${made.id}` }, body: encode(made) }
      },
    }),
    route({
      method: 'GET',
      path: `${path}/:id`,
      operationId: `get${one}`,
      summary: `Show ${words[0]}`,
      need: ['catalogue.read'],
      params: RecordParams,
      answers: { 200: answers[0] },
      handle: async ({ ctx, params }) => {
        const found = findRecord(ctx.tenant, kind, decodeRecordId(kind, params.id))
        if (!reaches(ctx, found)) refuse({ code: 'not_found', missing: kind === 'desk' ? 'desk' : 'record' })
        return { status: 200, body: encode(found) }
      },
    }),
    route({
      method: 'PATCH',
      path: `${path}/:id`,
      operationId: `change${one}`,
      summary: `Rename ${words[0]}${changes}, retire it or bring it back`,
      need: [manage],
      params: RecordParams,
      body: changeBody,
      answers: { 200: answers[0] },
      handle: async ({ ctx, params, body }) => {
        const change = readOffers(body as Said<RecordChange>)
        const changed = await changeRecord(ctx, kind, decodeRecordId(kind, params.id), change)
        return { status: 200, body: encode(changed) }
      },
    }),
  ]
}

export const catalogueRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/v1/tenant',
    operationId: 'getTenant',
    summary: 'Show the tenant',
    need: ['catalogue.read'],
    answers: { 200: TenantAnswer },
    handle: async ({ ctx: { tenant } }) => ({ status: 200, body: encodeTenant(tenant) }),
  }),
  route({
    method: 'PATCH',
    path: '/v1/tenant',
    operationId: 'changeTenant',
    summary: 'Change the name of the tenant and how it is searched',
    need: ['tenant.manage'],
    body: TenantChangeBody,
    answers: { 200: TenantAnswer },
    handle: async ({ ctx, body }) => {
      const { name, search_language } = body
      const change = {
        ...(name !== undefined && { name }),
        ...(search_language !== undefined && { searchLanguage: search_language }),
      }
      const changed = await changeTenant(ctx, change)
      return { status: 200, body: encodeTenant({ ...changed, searchLanguage: changed.search_language ?? null }) }
    },
  }),
  ...records('desk', {
    path: '/v1/desks',
    names: ['Desk', 'Desks'],
    words: ['a desk', 'the desks within reach'],
    manage: 'tenant.manage',
    newBody: NewDeskBody,
    changeBody: DeskChangeBody,
    changes: ', give it other addresses',
    answers: [DeskAnswer, DeskListAnswer],
    encode: encodeDesk,
    reaches: ({ actor }, { id }) => reachesDesk(actor, id),
  }),
  ...records('group', {
    path: '/v1/groups',
    names: ['Group', 'Groups'],
    words: ['a group', 'the groups'],
    manage: 'catalogue.manage',
    newBody: NewRecordBody,
    answers: [GroupAnswer, GroupListAnswer],
    encode: encodeGroup,
  }),
  ...records('topic', {
    path: '/v1/topics',
    names: ['Topic', 'Topics'],
    words: ['a topic', 'the topics'],
    manage: 'catalogue.manage',
    newBody: NewTopicBody,
    changeBody: TopicChangeBody,
    changes: ', say whose callers may choose it',
    answers: [TopicAnswer, TopicListAnswer],
    encode: encodeTopic,
  }),
  ...records('type', {
    path: '/v1/types',
    names: ['Type', 'Types'],
    words: ['a type', 'the types'],
    manage: 'catalogue.manage',
    newBody: NewRecordBody,
    answers: [RecordAnswer, RecordListAnswer],
    encode: encodeRecord,
  }),
  ...records('form', {
    path: '/v1/forms',
    names: ['Form', 'Forms'],
    words: ['a form', 'the forms'],
    manage: 'catalogue.manage',
    newBody: NewRecordBody,
    answers: [RecordAnswer, RecordListAnswer],
    encode: encodeRecord,
  }),
  ...records('status_label', {
    path: '/v1/status_labels',
    names: ['StatusLabel', 'StatusLabels'],
    words: ['a name for a status', "the tenant's names for statuses"],
    manage: 'catalogue.manage',
    newBody: NewStatusLabelBody,
    answers: [StatusLabelAnswer, StatusLabelListAnswer],
    encode: encodeStatusLabel,
  }),
  ...records('priority_label', {
    path: '/v1/priority_labels',
    names: ['PriorityLabel', 'PriorityLabels'],
    words: ['a name for a priority', "the tenant's names for priorities"],
    manage: 'catalogue.manage',
    newBody: NewPriorityLabelBody,
    answers: [PriorityLabelAnswer, PriorityLabelListAnswer],
    encode: encodePriorityLabel,
  }),
  ...records('channel', {
    path: '/v1/channels',
    names: ['Channel', 'Channels'],
    words: ['a channel', 'the channels'],
    manage: 'catalogue.manage',
    newBody: NewChannelBody,
    answers: [ChannelAnswer, ChannelListAnswer],
    encode: encodeChannel,
  }),
  route({
    method: 'GET',
    path: '/v1/fields',
    operationId: 'listFields',
    summary: 'List the fields that the tenant gives its tickets',
    need: ['catalogue.read'],
    query: CatalogueQuery,
    answers: { 200: FieldListAnswer },
    handle: async ({ ctx, query }) => ({ status: 200, body: pageOf(ctx.tenant.fields.map(encodeField), query) }),
  }),
  route({
    method: 'POST',
    path: '/v1/fields',
    operationId: 'createField',
    summary: 'Add a field to the tickets of the tenant',
    need: ['catalogue.manage'],
    body: NewFieldBody,
    answers: { 201: FieldAnswer },
    handle: async ({ ctx, body }) => {
      const made = await addField(ctx, decodeNewField(body))
      return { status: 201, headers: { location: `/v1/fields/${made.key}` }, body: encodeField(made) }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/fields/:field',
    operationId: 'getField',
    summary: 'Show a field',
    need: ['catalogue.read'],
    params: FieldParams,
    answers: { 200: FieldAnswer },
    handle: async ({ ctx, params }) => ({
      status: 200,
      body: encodeField(findField(ctx.tenant, decodeFieldRef(params.field))),
    }),
  }),
  route({
    method: 'PATCH',
    path: '/v1/fields/:field',
    operationId: 'changeField',
    summary: 'Rename a field, change what may be chosen, retire it or bring it back',
    need: ['catalogue.manage'],
    params: FieldParams,
    body: FieldChangeBody,
    answers: { 200: FieldAnswer },
    handle: async ({ ctx, params, body }) => {
      const changed = await changeField(ctx, decodeFieldRef(params.field), decodeFieldChange(body))
      return { status: 200, body: encodeField(changed) }
    },
  }),
]
