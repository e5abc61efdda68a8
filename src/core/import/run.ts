import type { PassThrough } from 'node:stream'
import type { ReceivedFile } from '../../storage/files.ts'
import type { Tenant } from '../catalogue/tenant.ts'
import type { Context } from '../context.ts'
import type { Issue } from '../errors.ts'
import type { ImportProblem } from './record.ts'
import { FIND_IMPORTED, KEEP_IMPORTED, type SaidBefore } from './store.ts'

/** What an import is given beside the call. */
export interface ImportAround {
  readonly dryRun: boolean
  /** The tenant as it is now: an import adds to its catalogue. */
  readonly tenant: () => Promise<Tenant>
}

/** Something that is known of a source. */
export interface Known {
  readonly id: string
  readonly said: SaidBefore
}

/** A file of which parts have come. */
export interface Incoming {
  readonly key: string
  readonly parts: PassThrough
  readonly received: Promise<ReceivedFile>
  next: number
}

/** All that one import knows while it goes on. */
export interface Run {
  readonly ctx: Context
  readonly around: ImportAround
  readonly source: string
  readonly problems: ImportProblem[]
  readonly memory: Memory
}

/** What of the lines before matters for those behind. */
export interface Memory {
  incoming: Incoming | null
  /** The key of the ticket whose line came last. */
  latestTicket: string | null
  /** Files that wait for their ticket: the upload by the key of the source. */
  readonly uploads: Map<string, string>
  /** In a dry run: the keys of what would have been made. */
  readonly wouldBe: Set<string>
}

export function leaveOut({ problems }: Run, path: Issue['path'], rule: Issue['rule'], message: string): void {
  problems.push({ outcome: 'left_out', issue: { path, rule, message } })
}

export async function known({ ctx }: Run, keys: readonly string[]): Promise<ReadonlyMap<string, Known>> {
  if (keys.length === 0) return new Map()
  const rows = await ctx.store.run(FIND_IMPORTED.with({ tenant_id: ctx.tenant.id, keys }))
  return new Map(rows.map(({ source_key, id, said }) => [source_key, { id, said }]))
}

export async function keep({ ctx }: Run, source_key: string, id: string, said: SaidBefore): Promise<void> {
  await ctx.store.run(KEEP_IMPORTED.with({ tenant_id: ctx.tenant.id, source_key, id, said }))
}
