import { Sql } from '../../storage/sql.ts'
import { keysOf } from './words.ts'

/** What a person is called, as far as their tickets are found by it. */
export interface Named {
  readonly name?: string | undefined
  readonly surname?: string | undefined
  readonly email?: string | null | undefined
  readonly customerNumber?: string | null | undefined
  readonly externalIds?: readonly string[]
}

/** What `keepingKeys` takes. */
export const PERSON_KEYS = { search_keys: Sql.array(Sql.bigint) }

/** The keys of what is known of a person, or of what is known anew. */
export function keysOfPerson({ name, surname, email, customerNumber, externalIds = [] }: Named): readonly number[] {
  return keysOf([name, surname, email, customerNumber, ...externalIds].filter((text) => typeof text === 'string'))
}

/** SQL of what the keys of a tenant's people begin with. */
const PREFIX = `(('x' || left(md5(:tenant_id::text || ' people'), 8))::bit(32)::bit(23)::integer::bigint << 40)`

/** SQL of keys as they are kept of people. @param keys SQL of them as words have them */
export const personKeys = (keys: string): string => `array(select ${PREFIX} | k.key from unnest(${keys}) k (key))`

/**
 * SQL of a part that adds the keys of somebody's names, in the statement that writes these. Whom there were keys of is left
 * to the job, which takes away those of former names.
 *
 * @param people SQL of what holds the person's `id`: one row, or none where nothing is written
 */
export const keepingKeys = (people: string): string => `search_kept as (
  insert into search_people as s (tenant_id, user_id, keys, mark)
  select :tenant_id, n.id, ${personKeys(':search_keys::bigint[]')}, 0 from ${people} n where cardinality(:search_keys::bigint[]) > 0
  on conflict (tenant_id, user_id) do update
  set keys = array(select unnest(s.keys) union select unnest(excluded.keys)), mark = s.mark + 1
)`
