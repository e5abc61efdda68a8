import { Type } from 'typebox'
import type { CatalogueRecord } from '../../../core/catalogue/tenant.ts'
import type { Context } from '../../../core/context.ts'
import { refuse, refuseField } from '../../../core/errors.ts'
import { getTicket } from '../../../core/tickets/queries/find.ts'
import { type Route, route } from '../../route.ts'
import type { Answer } from '../../wire.ts'
import { NEEDS, type Need } from '../auth.ts'
import { showNamed } from '../catalogue/codec.ts'
import { CatalogueQuery } from '../catalogue/schema.ts'
import { isNone, number, required } from '../coercion.ts'
import { parametersOf } from '../names.ts'
import { pageOf } from '../paging.ts'
import { asked, parameters } from '../parameters.ts'

const FormPath = Type.Object({ formID: Type.String({ description: 'The integer id of the form' }) })
const TicketQuery = parameters({ ticketID: asked('number', 'Adds the values of this ticket.') })

const FormRecord = Type.Object({ id: Type.Integer(), name: Type.String() })
const FormItem = Type.Object({
  type: Type.Literal('item'),
  item: Type.Object({
    ...FormRecord.properties,
    fields: Type.Array(Type.Object({})),
    values: Type.Optional(Type.Array(Type.Object({}))),
  }),
})

/** What the Form controller tells about the forms that tickets are filed by. */
export const formRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/api/v2/form',
    operationId: 'getFormIndex',
    summary: 'List forms',
    need: NEEDS.readForms,
    query: CatalogueQuery,
    answers: { 200: pageOf(FormRecord) },
    handle: async (call) =>
      showNamed(
        call.ctx.tenant.forms.filter((form) => form.active),
        parametersOf(call),
      ),
  }),
  route({
    method: 'GET',
    path: '/api/v2/form/getFormForTicket',
    operationId: 'getFormGetFormForTicket',
    summary: 'Get the form of a ticket',
    need: NEEDS.readFormOfTicket,
    query: TicketQuery,
    answers: { 200: FormItem },
    handle: async (call) => {
      const ticketID = required('ticketID', number(parametersOf(call), 'ticketID'))
      const { formId } = await getTicket(call.ctx, { integer: ticketID })
      const form = call.ctx.tenant.forms.find((each) => each.id === formId)
      return form ? showForm(form, true) : refuseField(['formID'], 'unknown', 'The ticket has no form.')
    },
  }),
  route({
    method: 'GET',
    path: '/api/v2/form/:formID',
    operationId: 'getFormItem',
    summary: 'Get a form',
    need: NEEDS.readFormOfTicket,
    params: FormPath,
    query: TicketQuery,
    answers: { 200: FormItem },
    handle: async (call) => {
      const form = formAt(call.ctx, call.params)
      const { ticketID } = parametersOf(call)
      if (isNone(ticketID)) return showForm(form, false)
      await getTicket(call.ctx, { integer: required('ticketID', number({ ticketID }, 'ticketID')) })
      return showForm(form, true)
    },
  }),
]

function formAt({ tenant }: Context, { formID }: { readonly formID: string }): CatalogueRecord {
  const form = tenant.forms.find((each) => each.active && String(each.id) === formID)
  return form ?? refuse({ code: 'not_found', missing: 'form' })
}

/** Forms have names and no fields of their own yet, so no ticket has values for any. */
function showForm({ id, name }: CatalogueRecord, withValues: boolean): Answer {
  return {
    status: 200,
    body: { type: 'item', item: { id, name, fields: [], ...(withValues ? { values: [] } : {}) } },
  }
}
