import { demandTenantWide } from '../access/actor.ts'
import type { Context } from '../context.ts'
import { refuse, refuseField } from '../errors.ts'
import { type Calling, callInput } from '../idempotency/claimed.ts'
import { once } from '../idempotency/store.ts'
import type { CatalogueRecord } from '../tenants/tenant.ts'
import { INSERT_FORM } from './store.ts'

const LONGEST_NAME = 255
/** Twins that add a form at the same time settle within one or two rounds. */
const ROUNDS = 5
const UNIQUE_VIOLATION = '23505'

/** What adding to the catalogue needs of its surroundings; on the command line nobody is the actor. */
export interface Adding extends Calling {
  readonly store: Pick<Context['store'], 'run'>
  readonly tenantId: string
}

/** Adds a form. The caller tells `Access.changed`. @throws Refusal `forbidden`, `invalid`, `idempotency_mismatch` */
export async function createForm(ctx: Context, name: string): Promise<CatalogueRecord> {
  demandTenantWide(ctx.actor, 'catalogue.manage')
  // A form is every desk's: whoever is bound to one does not add to the others' choice.
  if (ctx.actor.credential.deskId !== null) refuse({ code: 'forbidden', permission: 'catalogue.manage' })
  return once(
    ctx,
    () => insertForm({ ...ctx, tenantId: ctx.tenant.id }, name),
    ({ form }) => form ?? refuse({ code: 'not_found', missing: 'form' }),
  )
}

/** Adds a form, whoever asks. @throws Refusal `invalid` */
export async function addForm(adding: Adding, name: string): Promise<CatalogueRecord> {
  const form = await insertForm(adding, name)
  if (!form) throw new Error(`Tenant ${adding.tenantId} does not exist.`)
  return form
}

/** Undefined when there is no such tenant, or when the key had been used. */
async function insertForm(adding: Adding, named: string): Promise<CatalogueRecord | undefined> {
  const name = named.trim()
  if (name === '') refuseField(['name'], 'required', 'Must not be empty.')
  if ([...name].length > LONGEST_NAME) refuseField(['name'], 'too_long', 'Is too long.', LONGEST_NAME)
  const values = [adding.tenantId, JSON.stringify({ name, ...callInput(adding) })]
  for (let round = 1; ; round++) {
    try {
      const [form] = await adding.store.run({ statement: INSERT_FORM, values })
      return form
    } catch (error) {
      const isTwin = error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION
      if (!isTwin || round === ROUNDS) throw error
    }
  }
}
