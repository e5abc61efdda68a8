import type { Ticket } from '../../../sdk/operations.ts'

export type Ability = NonNullable<Ticket['abilities']>[number]

/** Whether whoever looks may do something with a ticket, as far as it was told: the server has the last word. */
export function can({ abilities }: Pick<Ticket, 'abilities'>, ability: Ability): boolean {
  return abilities?.includes(ability) ?? true
}
