import { v7 } from 'uuid'
import { createDesk, createTenant, createUser, type NewUser } from '../../src/core/tenants/commands.ts'
import { FRESH_CATALOGUE } from '../../src/dialects/catalogue.ts'
import { CREDENTIAL_KINDS } from '../../src/dialects/credentials.ts'
import type { DialectName } from '../../src/dialects/profiles.ts'
import { issueMinted } from '../../src/setup/demo.ts'
import { openDatabase } from '../../src/storage/database.ts'
import type { World } from '../world.ts'

export type Headers = Readonly<Record<string, string>>

/** Something by both names it has on the wires. */
export interface Ids {
  readonly id: string
  readonly integer: number
}

/** Who calls: one that may do everything; one that may do less; for NetGroot a staff user and a subscriber. */
export type Caller = 'trusted' | 'limited'

/** A tenant as the suite makes and uses it: people, two desks, and two callers for each dialect. */
export interface Site {
  readonly tenantId: string
  /** The default desk, and another one. */
  readonly desk: Ids
  readonly otherDesk: Ids
  readonly requester: Ids
  readonly agent: Ids
  /** A user of nobody's concern, made last. */
  readonly bystander: Ids
  /** The headers by which a caller presents itself. */
  as(dialect: DialectName, caller?: Caller): Headers
}

/**
 * Makes a tenant in the world's database. Its name is part of the e-mail addresses, which nobody else has.
 *
 * @param spare desks and users made before those of the answer, so that these have integers which a smaller tenant has not.
 */
export async function makeSite(world: World, name: string, spare = 0): Promise<Site> {
  const database = openDatabase({ connection: world.database.connection })
  try {
    const admin = { store: database, now: new Date().toISOString(), newId: () => v7() }
    const { tenantId, deskId } = await createTenant(admin, { name, deskName: 'Main', catalogue: FRESH_CATALOGUE })
    for (let desk = 0; desk < spare; desk++) await createDesk(admin, tenantId, `Spare ${desk}`)
    const otherDesk = await createDesk(admin, tenantId, 'Annex')
    const user = (user: Omit<NewUser, 'memberships'>, role: 'customer' | 'agent' | 'admin') => {
      const memberships = [deskId, otherDesk.id].map((each) => ({ deskId: each, role }))
      return createUser(admin, tenantId, { ...user, memberships })
    }
    const person = (called: string, isOwner = false) =>
      ({ kind: 'person', isOwner, name: called, surname: name, email: `${called}@${name}.example` }) as const
    const service = await user({ kind: 'service', isOwner: true, name: 'Service' }, 'admin')
    const owner = await user(person('owner', true), 'admin')
    const agent = await user(person('agent'), 'agent')
    const requester = await user({ ...person('requester'), customerNumber: '7' }, 'customer')
    for (let one = 0; one < spare; one++) await user(person(`spare${one}`), 'customer')
    const bystander = await user(person('bystander'), 'customer')

    const issue = async (dialect: DialectName, kind: string, userId: string, scopes?: readonly string[]) => {
      const found = CREDENTIAL_KINDS.find((each) => each.dialect === dialect && each.kind === kind)
      if (!found) throw new Error(`There is no credential ${kind} in ${dialect}.`)
      const issued = await issueMinted(admin, tenantId, found, `${kind} of ${name}`, userId, scopes ? { scopes } : {})
      if (issued.publicId === null) return issued.secret
      return Buffer.from(`${issued.publicId}:${issued.secret}`).toString('base64')
    }
    const headers: Readonly<Record<DialectName, Readonly<Record<Caller, Headers>>>> = {
      native: {
        trusted: { authorization: `Bearer ${await issue('native', 'api_key', service.id)}` },
        limited: { authorization: `Bearer ${await issue('native', 'api_key', service.id, ['ticket.read'])}` },
      },
      spacebring: {
        trusted: {
          authorization: `Bearer ${await issue('spacebring', 'access_token', owner.id)}`,
          'spacebring-network-id': tenantId,
        },
        limited: {
          authorization: `Bearer ${await issue('spacebring', 'access_token', owner.id, ['support.readonly'])}`,
          'spacebring-network-id': tenantId,
        },
      },
      moov: {
        trusted: { authorization: `Basic ${await issue('moov', 'basic', service.id)}` },
        limited: {
          authorization: `Bearer ${await issue('moov', 'access_token', service.id, [`/accounts/${deskId}/tickets.read`])}`,
        },
      },
      netgroot: {
        trusted: { authorization: `Bearer ${await issue('netgroot', 'api_token', agent.id)}` },
        limited: { authorization: `Bearer ${await issue('netgroot', 'api_token', requester.id)}` },
      },
      omnidesk: {
        trusted: { authorization: `apikey ${await issue('omnidesk', 'api_key', service.id)}` },
        limited: { authorization: `apikey ${await issue('omnidesk', 'api_key', service.id, ['TICKET_READ'])}` },
      },
    }
    return {
      tenantId,
      desk: { id: deskId, integer: 1 },
      otherDesk,
      requester,
      agent,
      bystander,
      as: (dialect, caller = 'trusted') => headers[dialect][caller],
    }
  } finally {
    await database.close()
  }
}

/** The demo tenant as quickstart.env tells of it. Only NetGroot has a second caller there. */
export function demoSite(world: World): Site {
  const secret = (id: string, key: string) =>
    `Basic ${Buffer.from(`${world.value(id)}:${world.value(key)}`).toString('base64')}`
  const trusted: Readonly<Record<DialectName, Headers>> = {
    native: { authorization: `Bearer ${world.value('POLYDESK_API_KEY')}` },
    spacebring: { authorization: secret('SPACEBRING_CLIENT_ID', 'SPACEBRING_CLIENT_SECRET') },
    moov: { authorization: secret('MOOV_PUBLIC_KEY', 'MOOV_SECRET_KEY') },
    netgroot: { authorization: `Bearer ${world.value('NETGROOT_STAFF_TOKEN')}` },
    omnidesk: { authorization: `apikey ${world.value('OMNIDESK_API_KEY')}` },
  }
  const requester = { id: world.value('SPACEBRING_USER_ID'), integer: 4 }
  return {
    tenantId: world.value('SPACEBRING_NETWORK_ID'),
    desk: { id: world.value('MOOV_ACCOUNT_ID'), integer: 1 },
    otherDesk: { id: world.value('MOOV_CONNECTED_ACCOUNT_ID'), integer: 2 },
    requester,
    agent: { id: world.value('SPACEBRING_ADMIN_USER_ID'), integer: 2 },
    bystander: requester,
    as(dialect, caller = 'trusted') {
      if (caller === 'trusted') return trusted[dialect]
      if (dialect === 'netgroot') return { authorization: `Bearer ${world.value('NETGROOT_TOKEN')}` }
      throw new Error(`quickstart.env has no second caller of ${dialect}.`)
    },
  }
}
