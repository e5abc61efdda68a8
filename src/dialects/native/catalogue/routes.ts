import type { TSchema } from 'typebox'
import { reachesDesk } from '../../../core/access/actor.ts'
import { createForm } from '../../../core/catalogue/commands.ts'
import type { Context } from '../../../core/context.ts'
import { type Route, route } from '../../dialect.ts'
import type { Need } from '../auth.ts'
import { pageOf } from '../paging.ts'
import {
  encodeChannel,
  encodeDesk,
  encodeGroup,
  encodePriorityLabel,
  encodeRecord,
  encodeStatusLabel,
} from './codec.ts'
import {
  CatalogueQuery,
  ChannelListAnswer,
  DeskListAnswer,
  GroupListAnswer,
  NewFormBody,
  PriorityLabelListAnswer,
  RecordAnswer,
  RecordListAnswer,
  StatusLabelListAnswer,
} from './schema.ts'

/** A list of what the tenant's snapshot holds, inactive records too: tickets may still have them. */
function list(
  path: string,
  operationId: string,
  summary: string,
  answer: TSchema,
  records: (ctx: Context) => readonly unknown[],
): Route<Need> {
  return route({
    method: 'GET',
    path,
    operationId,
    summary,
    need: ['catalogue.read'],
    query: CatalogueQuery,
    answers: { 200: answer },
    handle: async ({ ctx, query }) => ({ status: 200, body: pageOf(records(ctx), query) }),
  })
}

export const catalogueRoutes: readonly Route<Need>[] = [
  list('/v1/desks', 'listDesks', 'List the desks within reach', DeskListAnswer, ({ tenant, actor }) =>
    tenant.desks.filter((desk) => reachesDesk(actor, desk.id)).map(encodeDesk),
  ),
  list('/v1/groups', 'listGroups', 'List the groups', GroupListAnswer, ({ tenant }) => tenant.groups.map(encodeGroup)),
  list('/v1/topics', 'listTopics', 'List the topics', RecordListAnswer, ({ tenant }) =>
    tenant.topics.map(encodeRecord),
  ),
  list('/v1/types', 'listTypes', 'List the types', RecordListAnswer, ({ tenant }) => tenant.types.map(encodeRecord)),
  list('/v1/forms', 'listForms', 'List the forms', RecordListAnswer, ({ tenant }) => tenant.forms.map(encodeRecord)),
  route({
    method: 'POST',
    path: '/v1/forms',
    operationId: 'createForm',
    summary: 'Add a form',
    need: ['catalogue.manage'],
    body: NewFormBody,
    answers: { 201: RecordAnswer },
    handle: async ({ ctx, body, services }) => {
      const form = await createForm(ctx, body.name)
      await services.access.changed(ctx.tenant.id)
      return { status: 201, body: encodeRecord(form) }
    },
  }),
  list(
    '/v1/status_labels',
    'listStatusLabels',
    "List the tenant's names for statuses",
    StatusLabelListAnswer,
    ({ tenant }) => tenant.statusLabels.map(encodeStatusLabel),
  ),
  list(
    '/v1/priority_labels',
    'listPriorityLabels',
    "List the tenant's names for priorities",
    PriorityLabelListAnswer,
    ({ tenant }) => tenant.priorityLabels.map(encodePriorityLabel),
  ),
  list('/v1/channels', 'listChannels', 'List the channels', ChannelListAnswer, ({ tenant }) =>
    tenant.channels.map(encodeChannel),
  ),
]
