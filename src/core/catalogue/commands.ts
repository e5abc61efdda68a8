import { demandTenantWide } from '../access/actor.ts'
import type { Context } from '../context.ts'
import { refuse, refuseField } from '../errors.ts'
import type { CatalogueRecord } from '../tenants/tenant.ts'
import { INSERT_FORM } from './store.ts'

const LONGEST_NAME = 255
/** Twins that add a form at the same time settle within one or two rounds. */
const ROUNDS = 5
const UNIQUE_VIOLATION = '23505'

/** What adding to the catalogue needs of its surroundings; on the command line nobody is the actor. */
export interface Adding extends Pick<Context, 'now' | 'newId' | 'dialect' | 'requestId'> {
  readonly store: Pick<Context['store'], 'run'>
  readonly tenantId: string
  readonly by: { readonly userId: string | null; readonly credentialId: string | null }
}

/** Adds a form. The caller tells `Access.changed`. @throws Refusal `forbidden`, `invalid` */
export async function createForm(ctx: Context, name: string): Promise<CatalogueRecord> {
  demandTenantWide(ctx.actor, 'catalogue.manage')
  // A form is every desk's: whoever is bound to one does not add to the others' choice.
  if (ctx.actor.credential.deskId !== null) refuse({ code: 'forbidden', permission: 'catalogue.manage' })
  const by = { userId: ctx.actor.user.id, credentialId: ctx.actor.credential.id }
  return addForm({ ...ctx, tenantId: ctx.tenant.id, by }, name)
}

/** Adds a form, whoever asks. @throws Refusal `invalid` */
export async function addForm(adding: Adding, named: string): Promise<CatalogueRecord> {
  const name = named.trim()
  if (name === '') refuseField(['name'], 'required', 'Must not be empty.')
  if ([...name].length > LONGEST_NAME) refuseField(['name'], 'too_long', 'Is too long.', LONGEST_NAME)
  const { store, tenantId, by, dialect, requestId, now, newId } = adding
  for (let round = 1; ; round++) {
    try {
      const values = [tenantId, name, by.userId, by.credentialId, dialect, requestId, now, newId()]
      const [form] = await store.run({ statement: INSERT_FORM, values })
      if (!form) throw new Error(`Tenant ${tenantId} does not exist.`)
      return form
    } catch (error) {
      const isTwin = error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION
      if (!isTwin || round === ROUNDS) throw error
    }
  }
}
