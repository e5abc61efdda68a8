import type { Context } from '../context.ts'
import { refuse } from '../errors.ts'
import { demandTenantWide } from '../identity/actor.ts'
import { managesShared } from '../identity/audience.ts'
import { MANAGE } from '../replies/queries.ts'
import { UUID } from '../uuid.ts'
import type { Macro } from './macro.ts'
import { FIND_MACRO, LIST_MACROS, macroOf } from './store.ts'

/** Who asks for macros: whoever works here. @throws Refusal `forbidden` */
export function readerOfMacros({ tenant, actor }: Pick<Context, 'tenant' | 'actor'>) {
  demandTenantWide(actor, 'message.note')
  const { groupIds = [] } = actor
  return {
    ...{ tenant_id: tenant.id, user_id: actor.user.id, group_ids: groupIds },
    manages: managesShared(actor, MANAGE),
  }
}

/** The macros that are for whoever asks, by name. @throws Refusal `forbidden` */
export async function listMacros(ctx: Context): Promise<readonly Macro[]> {
  return (await ctx.store.run(LIST_MACROS.with(readerOfMacros(ctx)))).map(macroOf)
}

/** @throws Refusal `forbidden`, `not_found` */
export async function getMacro(ctx: Context, id: string): Promise<Macro> {
  const reader = readerOfMacros(ctx)
  const [row] = UUID.test(id) ? await ctx.store.run(FIND_MACRO.with({ ...reader, id: id.toLowerCase() })) : []
  return row ? macroOf(row) : refuse({ code: 'not_found', missing: 'macro' })
}
