import { addTag, changeTag, deleteTag, mergeTag } from '../../../core/tags/commands.ts'
import { getTag, listTags } from '../../../core/tags/queries.ts'
import { type Route, route } from '../../route.ts'
import type { Need } from '../auth.ts'
import { encodeBegun } from '../bulk/codec.ts'
import { JobAnswer } from '../bulk/schema.ts'
import { cursorAfterPlace } from '../paging.ts'
import { decodeTagPage, encodeTag } from './codec.ts'
import { MergeTagBody, NewTagBody, TagAnswer, TagChangeBody, TagListAnswer, TagListQuery, TagParams } from './schema.ts'

const READ: Need = ['message.note']
/** What it takes to change every ticket with a tag, and to follow the job that does. */
const MANAGE: Need = ['catalogue.manage', 'message.note', 'ticket.bulk']

export const tagRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/v1/tags',
    operationId: 'listTags',
    summary: 'List the tags of the tenant, and how many tickets have each',
    need: READ,
    query: TagListQuery,
    answers: { 200: TagListAnswer },
    handle: async ({ ctx, query }) => {
      const { tags, next } = await listTags(ctx, decodeTagPage(query))
      const data = tags.map((tag) => encodeTag(tag))
      return { status: 200, body: { data, next: next && cursorAfterPlace({ count: next.tickets, text: next.name }) } }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/tags',
    operationId: 'createTag',
    summary: 'Make a tag, or describe one that tickets have already',
    need: MANAGE,
    body: NewTagBody,
    answers: { 201: TagAnswer },
    handle: async ({ ctx, body }) => {
      const tag = await addTag(ctx, body)
      const location = `/v1/tags/${encodeURIComponent(tag.name)}`
      return { status: 201, headers: { location }, body: encodeTag(tag) }
    },
  }),
  route({
    method: 'GET',
    path: '/v1/tags/:tag',
    operationId: 'getTag',
    summary: 'Show a tag',
    need: READ,
    params: TagParams,
    answers: { 200: TagAnswer },
    handle: async ({ ctx, params }) => ({ status: 200, body: encodeTag(await getTag(ctx, params.tag)) }),
  }),
  route({
    method: 'PATCH',
    path: '/v1/tags/:tag',
    operationId: 'changeTag',
    summary: 'Change the colour and description of a tag, or rename it on all tickets by a job',
    need: MANAGE,
    params: TagParams,
    body: TagChangeBody,
    answers: { 200: TagAnswer },
    handle: async ({ ctx, params, body, services }) => {
      const { tag, job } = await changeTag(ctx, params.tag, body)
      if (job !== null) services.bulkJobs.wake(ctx.tenant.id)
      return { status: 200, body: encodeTag(tag, job?.id ?? null) }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/tags/:tag/merge',
    operationId: 'mergeTag',
    summary: 'Merge a tag into another one, by a job: all tickets that have it get the other',
    need: MANAGE,
    params: TagParams,
    body: MergeTagBody,
    answers: { 202: JobAnswer },
    handle: async ({ ctx, params, body, services }) => {
      const job = await mergeTag(ctx, params.tag, body.into)
      services.bulkJobs.wake(ctx.tenant.id)
      return { status: 202, headers: { location: `/v1/jobs/${job.id}` }, body: encodeBegun(job) }
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/tags/:tag',
    operationId: 'deleteTag',
    summary: 'Take a tag off all tickets, by a job',
    need: MANAGE,
    params: TagParams,
    answers: { 202: JobAnswer },
    handle: async ({ ctx, params, services }) => {
      const job = await deleteTag(ctx, params.tag)
      services.bulkJobs.wake(ctx.tenant.id)
      return { status: 202, headers: { location: `/v1/jobs/${job.id}` }, body: encodeBegun(job) }
    },
  }),
]
