import type { Administration } from '../context.ts'
import { EXPORTED, EXPORTS, type Exported, HOLDINGS, type RecordRow } from './store/export.ts'

/** A record of what is kept about a person, with what it is. */
export interface ExportedRecord {
  readonly kind: Exported
  readonly record: Readonly<Record<string, unknown>>
}

type Looking = Pick<Administration, 'store' | 'tenant'>

/**
 * Everything that the store holds about a person, record by record: who they are, what they may present (never a secret),
 * their tickets, what they wrote, its files without their bytes, and the events that name them. A page at a time is in
 * memory. Who administers the store asks: nobody's permissions are looked at.
 */
export async function* exportPerson({ store, tenant }: Looking, userId: string): AsyncGenerator<ExportedRecord> {
  for (const kind of EXPORTED) {
    const { statement, first, atOnce } = EXPORTS[kind]
    for (let after: string | undefined = first; after !== undefined; ) {
      const rows: readonly RecordRow[] = await store.run(
        statement.with({ tenant_id: tenant.id, user_id: userId, after, limit: atOnce }),
      )
      for (const { record } of rows) yield { kind, record }
      after = rows.length < atOnce ? undefined : rows.at(-1)?.key
    }
  }
}

/** How much there is of a person. */
export interface Holdings {
  readonly tickets: number
  /** What they wrote as a requester. */
  readonly messages: number
  readonly files: number
  /** Keys and tokens that are not revoked. */
  readonly credentials: number
}

/** What an erasure of a person is about. */
export async function holdingsOf({ store, tenant }: Looking, userId: string): Promise<Holdings> {
  const [held] = await store.run(HOLDINGS.with({ tenant_id: tenant.id, user_id: userId }))
  return held ?? { tickets: 0, messages: 0, files: 0, credentials: 0 }
}
