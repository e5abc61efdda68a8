import { sourceOf } from '../catalogue/source.ts'
import { findLiving } from '../identity/queries.ts'
import { findTickets } from '../tickets/queries/find.ts'
import { UUID } from '../uuid.ts'
import type { ImportedThing, ImportOutcome } from './record.ts'
import { leaveOut, type Run } from './run.ts'

/** Whether a line comes from the tenant that it is imported into. */
export function isOwn({ ctx, source }: Run): boolean {
  return source === sourceOf(ctx.tenant)
}

/** What a tenant exported is there already, and may be newer by now; what was erased since is not made once more. */
export async function takeOwn(run: Run, id: string, { kind }: ImportedThing): Promise<ImportOutcome | null> {
  if (kind === 'file') return null
  if (kind !== 'ticket' && kind !== 'user') return 'unchanged'
  if (!(await isHere(run, kind, id))) leaveOut(run, ['id'], 'not_allowed', 'It was erased here.')
  return 'unchanged'
}

async function isHere({ ctx }: Run, kind: 'ticket' | 'user', id: string): Promise<boolean> {
  if (!UUID.test(id)) return false
  if (kind === 'user') return (await findLiving(ctx, [id])).length > 0
  const [ticket] = await findTickets(ctx, [{ id }])
  return ticket !== null && ticket !== undefined
}
