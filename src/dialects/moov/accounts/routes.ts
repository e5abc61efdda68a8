import { refuse } from '../../../core/errors.ts'
import { type Route, route } from '../../route.ts'
import type { Need } from '../auth.ts'
import { deskIn } from '../tickets/codec.ts'
import { AccountParams } from '../tickets/schema.ts'
import { encodeAccount, listedAccounts } from './codec.ts'
import { Account, Accounts, ListAccounts } from './schema.ts'

/** Moov, Accounts, as far as they are read: by which clients find the ids that tickets are asked for with. */
export const accountRoutes: readonly Route<Need>[] = [
  route({
    method: 'GET',
    path: '/accounts',
    operationId: 'listAccounts',
    summary: 'List or search the accounts that the caller is connected to.',
    need: 'list accounts',
    query: ListAccounts,
    answers: { 200: Accounts },
    handle: async ({ ctx: { tenant, actor }, query }) => ({
      status: 200,
      body: listedAccounts(tenant, actor, query).map((desk) => encodeAccount(desk, actor.credential)),
    }),
  }),
  route({
    method: 'GET',
    path: '/accounts/:accountID',
    operationId: 'getAccount',
    summary: 'Retrieve an account.',
    need: 'read an account',
    params: AccountParams,
    answers: { 200: Account },
    handle: async ({ ctx: { tenant, actor }, params }) => {
      const desk =
        tenant.desks.find(({ id }) => id === deskIn(params)) ?? refuse({ code: 'not_found', missing: 'desk' })
      return { status: 200, body: encodeAccount(desk, actor.credential) }
    },
  }),
]
