import { Type } from 'typebox'
import { Sql, type SqlType } from '../../../storage/sql.ts'
import { statement, type TypedStatement } from '../../../storage/statement.ts'

/** A record of what is kept about a person, and the key after which the next ones are. */
const RecordRow = Type.Object({
  key: Type.String(),
  record: Type.Unsafe<Readonly<Record<string, unknown>>>({ type: 'object' }),
})
export type RecordRow = { readonly key: string; readonly record: Readonly<Record<string, unknown>> }

/** What a person's records are, in the order in which they are told. */
export const EXPORTED = [
  'user',
  'credential',
  'grant',
  'view',
  'saved_reply',
  'macro',
  'draft',
  'scheduled_message',
  'ticket',
  'message',
  'mail',
  'undeliverable_address',
  'attachment',
  'event',
] as const
export type Exported = (typeof EXPORTED)[number]

/** One kind of records. */
interface ExportedKind {
  readonly statement: TypedStatement<RecordsAsked, RecordRow>
  /** The key before all others. */
  readonly first: string
  /** Records that one statement reads: as many as memory holds, however long each may be. */
  readonly atOnce: number
}

const FIRST_ID = '00000000-0000-0000-0000-000000000000'
const SHORT = 200

/** Whose records, how many, and after which key. */
interface RecordsAsked {
  readonly tenant_id: string
  readonly user_id: string
  readonly after: string
  readonly limit: number
}

/** @param after what the keys of these records are. */
const exported = (
  kind: Exported,
  text: string,
  after: SqlType<string> = Sql.uuid,
): TypedStatement<RecordsAsked, RecordRow> =>
  statement(
    `user.export_${kind}`,
    { takes: { tenant_id: Sql.uuid, user_id: Sql.uuid, after, limit: Sql.bigint }, row: RecordRow },
    text,
  )

/** All of a row but the tenant, and what is named: secrets, and keys that say nothing more than what they are made of. */
const ROW = (table: string, ...without: readonly string[]): string =>
  `to_jsonb(${table}) - array[${['tenant_id', ...without].map((each) => `'${each}'`).join(', ')}]`

const OWN = 'm.tenant_id = :tenant_id and m.author_id = :user_id::uuid'

/** How each kind is read. No secret is in it, nor the hash of one. */
export const EXPORTS: Readonly<Record<Exported, ExportedKind>> = {
  user: {
    first: FIRST_ID,
    atOnce: SHORT,
    statement: exported(
      'user',
      `select u.id::text as key, ${ROW('u', 'email_key', 'username_key', 'password_hash')} || jsonb_build_object(
    'has_password', u.password_hash is not null,
    'memberships', (select coalesce(jsonb_agg(${ROW('m', 'user_id')} order by m.id), '[]') from memberships m
      where m.tenant_id = :tenant_id and m.user_id = u.id),
    'addresses', (select coalesce(jsonb_agg(${ROW('a', 'user_id', 'address_key')} order by a.created_at, a.address), '[]')
      from user_addresses a where a.tenant_id = :tenant_id and a.user_id = u.id),
    'external_ids', (select coalesce(jsonb_agg(${ROW('x', 'user_id')} order by x.desk_id, x.external_id), '[]')
      from external_identities x where x.tenant_id = :tenant_id and x.user_id = u.id)) as record
from users u where u.tenant_id = :tenant_id and u.id = :user_id::uuid and u.id > :after::uuid order by u.id limit :limit`,
    ),
  },
  credential: {
    first: FIRST_ID,
    atOnce: SHORT,
    statement: exported(
      'credential',
      `select c.id::text as key, ${ROW('c', 'secret_hash', 'user_id')} as record from credentials c
where c.tenant_id = :tenant_id and c.user_id = :user_id::uuid and c.id > :after::uuid order by c.id limit :limit`,
    ),
  },
  grant: {
    first: FIRST_ID,
    atOnce: SHORT,
    statement: exported(
      'grant',
      `select g.id::text as key, ${ROW('g', 'code_hash', 'code_challenge', 'refresh_hash', 'user_id')} as record from grants g
where g.tenant_id = :tenant_id and g.user_id = :user_id::uuid and g.id > :after::uuid order by g.id limit :limit`,
    ),
  },
  view: {
    first: FIRST_ID,
    atOnce: SHORT,
    statement: exported(
      'view',
      `select v.id::text as key, ${ROW('v', 'author_id')} as record from views v
where v.tenant_id = :tenant_id and v.author_id = :user_id::uuid and v.id > :after::uuid order by v.id limit :limit`,
    ),
  },
  saved_reply: {
    first: FIRST_ID,
    atOnce: SHORT,
    statement: exported(
      'saved_reply',
      `select r.id::text as key, ${ROW('r', 'author_id')} as record from saved_replies r
where r.tenant_id = :tenant_id and r.author_id = :user_id::uuid and r.id > :after::uuid order by r.id limit :limit`,
    ),
  },
  macro: {
    first: FIRST_ID,
    atOnce: SHORT,
    statement: exported(
      'macro',
      `select m.id::text as key, ${ROW('m', 'author_id')} as record from macros m
where m.tenant_id = :tenant_id and m.author_id = :user_id::uuid and m.id > :after::uuid order by m.id limit :limit`,
    ),
  },
  draft: {
    first: FIRST_ID,
    // Each may hold megabytes.
    atOnce: 5,
    statement: exported(
      'draft',
      `select d.id::text as key, ${ROW('d', 'user_id')} as record from unsent_messages d
where d.tenant_id = :tenant_id and d.user_id = :user_id::uuid and d.id > :after::uuid order by d.id limit :limit`,
    ),
  },
  scheduled_message: {
    first: FIRST_ID,
    atOnce: 5,
    statement: exported(
      'scheduled_message',
      `select s.id::text as key, ${ROW('s', 'user_id')} as record from scheduled_messages s
where s.tenant_id = :tenant_id and s.user_id = :user_id::uuid and s.id > :after::uuid order by s.id limit :limit`,
    ),
  },
  ticket: {
    first: FIRST_ID,
    atOnce: 20,
    statement: exported(
      'ticket',
      `select t.id::text as key, ${ROW('t')} as record from tickets t
where t.tenant_id = :tenant_id and t.requester_id = :user_id::uuid and t.id > :after::uuid order by t.id limit :limit`,
    ),
  },
  message: {
    first: FIRST_ID,
    // Each may hold megabytes, in three forms.
    atOnce: 5,
    statement: exported(
      'message',
      `select m.id::text as key, ${ROW('m', 'address_keys')} as record from messages m
where ${OWN} and m.id > :after::uuid order by m.id limit :limit`,
    ),
  },
  mail: {
    first: FIRST_ID,
    atOnce: SHORT,
    statement: exported(
      'mail',
      // Their own, by the keys under which they write; the bytes are downloaded one by one.
      `select x.id::text as key, ${ROW('x', 'identity', 'from_key', 'people_keys', 'explanation', 'attempts', 'taken_until')} as record
from mails x where x.tenant_id = :tenant_id and x.id > :after::uuid
  and (x.from_key = any (array(
    select u.email_key from users u where u.tenant_id = :tenant_id and u.id = :user_id::uuid and u.email_key is not null
    union all select a.address_key from user_addresses a where a.tenant_id = :tenant_id and a.user_id = :user_id::uuid and a.kind = 'email'))
  or x.ticket_id = any (array(select t.id from tickets t where t.tenant_id = :tenant_id and t.requester_id = :user_id::uuid)))
order by x.id limit :limit`,
    ),
  },
  undeliverable_address: {
    first: FIRST_ID,
    atOnce: SHORT,
    statement: exported(
      'undeliverable_address',
      `select d.id::text as key, ${ROW('d', 'address_key')} as record from undeliverable_addresses d
where d.tenant_id = :tenant_id and d.id > :after::uuid and d.address_key = any (array(
  select u.email_key from users u where u.tenant_id = :tenant_id and u.id = :user_id::uuid and u.email_key is not null
  union all select a.address_key from user_addresses a where a.tenant_id = :tenant_id and a.user_id = :user_id::uuid and a.kind = 'email'))
order by d.id limit :limit`,
    ),
  },
  attachment: {
    first: FIRST_ID,
    atOnce: SHORT,
    statement: exported(
      'attachment',
      `select f.id::text as key, ${ROW('f')} as record from attachments f
where f.tenant_id = :tenant_id and f.id > :after::uuid
  and (f.uploader_id = :user_id::uuid or exists (select 1 from messages m where ${OWN} and m.id = f.message_id))
order by f.id limit :limit`,
    ),
  },
  event: {
    first: '0',
    atOnce: SHORT,
    statement: exported(
      'event',
      `select e.position::text as key, ${ROW('e')} as record from events e
where e.tenant_id = :tenant_id and e.position > :after::bigint
  and (e.subject_id = :user_id::uuid or e.actor_id = :user_id::uuid
    or :user_id::text in (e.before ->> 'requester_id', e.after ->> 'requester_id', e.before ->> 'assignee_id', e.after ->> 'assignee_id'))
order by e.position limit :limit`,
      Sql.digits,
    ),
  },
}

/** How much there is of a person, as far as an erasure is about it. */
export const HOLDINGS = statement(
  'user.holdings',
  {
    takes: { tenant_id: Sql.uuid, user_id: Sql.uuid },
    row: Type.Object({
      tickets: Type.Integer(),
      messages: Type.Integer(),
      files: Type.Integer(),
      credentials: Type.Integer(),
    }),
  },
  `select
  (select count(*) from tickets t where t.tenant_id = :tenant_id and t.requester_id = :user_id::uuid) as tickets,
  (select count(*) from messages m where ${OWN} and m.author_role = 'requester') as messages,
  (select count(*) from attachments f where f.tenant_id = :tenant_id and (f.message_id is null and f.uploader_id = :user_id::uuid
    or f.message_id = any (array(select m.id from messages m where ${OWN} and m.author_role = 'requester')))) as files,
  (select count(*) from credentials c where c.tenant_id = :tenant_id and c.user_id = :user_id::uuid and c.revoked_at is null) as credentials`,
)
