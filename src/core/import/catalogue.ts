import { addRecord, changeRecord, recordsOf } from '../catalogue/commands.ts'
import type { RecordKind } from '../catalogue/records.ts'
import { CHANNEL } from '../catalogue/tenant.ts'
import type { Issue } from '../errors.ts'
import { isNamed, nameKey } from '../spelling.ts'
import type { ImportedRecord, ImportOutcome } from './record.ts'
import { leaveOut, type Run } from './run.ts'

export async function takeRecord({ ctx, around, memory }: Run, given: ImportedRecord): Promise<ImportOutcome> {
  const { of, name, active = true, status, priority, offeredIn, channel } = given
  const records: readonly { readonly id: string | number; readonly name: string; readonly kind?: string }[] =
    recordsOf<RecordKind>(ctx.tenant, of)
  const found = records.find((each) =>
    of === 'channel' && channel !== undefined ? each.kind === channel : nameKey(each.name) === nameKey(name),
  )
  if (found) return 'unchanged'
  if (around.dryRun) {
    memory.wouldBe.add(`${of} ${nameKey(name)}`)
    return 'created'
  }
  const record = await addRecord(ctx, of, {
    name,
    ...(offeredIn && { offeredIn }),
    ...(status && { status }),
    ...(priority && { priority }),
    ...(channel !== undefined && { kind: channel }),
  })
  if (!active) await changeRecord({ ...ctx, tenant: await around.tenant() }, of, record.id, { active: false })
  return 'created'
}

/** The id of a record by its name; undefined where it is not there, which is told. */
export function named<Id extends string | number>(
  run: Run,
  of: RecordKind,
  records: readonly { readonly id: Id; readonly name: string }[],
  name: string | null | undefined,
): Id | null | undefined {
  if (name === undefined || name === null) return name
  const found =
    records.find((each) => isNamed(each, name)) ?? records.find((each) => nameKey(each.name) === nameKey(name))
  if (found) return found.id
  if (!run.memory.wouldBe.has(`${of} ${nameKey(name)}`))
    leaveOut(run, [of], 'unknown', `There is no ${of} of this name.`)
  return undefined
}

export function channelOf(run: Run, path: Issue['path'], kind: string | undefined): number {
  const found = run.ctx.tenant.channels.find((each) => each.kind === kind)
  if (found) return found.id
  if (kind !== undefined && kind !== '') leaveOut(run, path, 'unknown', 'There is no such channel.')
  return CHANNEL.api
}
