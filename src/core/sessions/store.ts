import { type Static, Type } from 'typebox'
import { Sql } from '../../storage/sql.ts'
import { statement } from '../../storage/statement.ts'
import { SESSION_KIND } from './session.ts'

const SessionRow = Type.Object({
  id: Type.String(),
  name: Type.String(),
  created_at: Type.String(),
  expires_at: Type.String(),
  last_used_at: Type.Union([Type.String(), Type.Null()]),
})
export type SessionRow = Static<typeof SessionRow>

/** The live sessions of a person, the newest first. One has as many as browsers, which is few; the limit is for robots. */
export const LIST_SESSIONS = statement(
  'session.list',
  {
    takes: { tenant_id: Sql.uuid, user_id: Sql.uuid, now: Sql.timestamptz, limit: Sql.bigint },
    row: SessionRow,
  },
  `select c.id, c.name, c.created_at, c.expires_at, c.last_used_at from credentials c
where c.tenant_id = :tenant_id and c.user_id = :user_id and c.kind = '${SESSION_KIND}' and c.revoked_at is null and c.expires_at > :now
order by c.created_at desc, c.id desc limit :limit`,
)

/** A session of a person, whether it is live or has ended. */
export const FIND_SESSION = statement(
  'session.find',
  { takes: { tenant_id: Sql.uuid, user_id: Sql.uuid, id: Sql.uuid }, row: Type.Object({ id: Type.String() }) },
  `select c.id from credentials c
where c.tenant_id = :tenant_id and c.user_id = :user_id and c.id = :id and c.kind = '${SESSION_KIND}'`,
)
