import { Type } from 'typebox'
import { Sql } from '../../storage/sql.ts'
import { statement } from '../../storage/statement.ts'
import { recordingOf } from '../events/recording.ts'
import { CALL, claimedCall } from '../idempotency/claimed.ts'
import { USER_VIEW, UserRow } from '../identity/rows.ts'

const IdRow = Type.Object({ id: Type.String() })

const MEMBER = { group_id: Sql.uuid, user_id: Sql.uuid, ...CALL }

/** What an event tells: who it is. */
const WHO = "jsonb_build_object('user_id', a.user_id)"

/** Puts a person into a group. Without a row they are in it already, or were erased. */
export const ADD_MEMBER = statement(
  'group.add_member',
  { takes: { tenant_id: Sql.uuid, call: Sql.record(MEMBER) }, row: IdRow, announces: 'access' },
  `
with ${claimedCall(MEMBER)},
living as materialized (
  select u.id from accepted a join users u on u.tenant_id = :tenant_id and u.id = a.user_id and u.erased_at is null for share of u
),
added as (
  insert into group_members as m (tenant_id, group_id, user_id, created_at)
  select :tenant_id, a.group_id, l.id, a.at from accepted a, living l
  on conflict do nothing returning m.user_id
),
${recordingOf('group.member_added', 'added', 'a.group_id', { after: WHO })}
select d.user_id as id from added d`,
)

/** Takes a person out of a group. Without a row they are not in it. */
export const REMOVE_MEMBER = statement(
  'group.remove_member',
  { takes: { tenant_id: Sql.uuid, call: Sql.record(MEMBER) }, row: IdRow, announces: 'access' },
  `
with ${claimedCall(MEMBER)},
removed as (
  delete from group_members m using accepted a
  where m.tenant_id = :tenant_id and m.group_id = a.group_id and m.user_id = a.user_id
  returning m.user_id
),
${recordingOf('group.member_removed', 'removed', 'a.group_id', { before: WHO })}
select r.user_id as id from removed r`,
)

export const LIST_MEMBERS = statement(
  'group.members',
  { takes: { tenant_id: Sql.uuid, group_id: Sql.uuid }, row: UserRow },
  `select ${USER_VIEW} from group_members g join users u on u.tenant_id = :tenant_id and u.id = g.user_id
where g.tenant_id = :tenant_id and g.group_id = :group_id order by u.integer`,
)
