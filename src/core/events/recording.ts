/** SQL of what an event tells of before and of after; absent where there was or is nothing. */
export interface Sides {
  readonly before?: string
  readonly after?: string
}

/**
 * Parts of a statement of one call (`claimedCall`) that record an event of a subject which is no ticket.
 *
 * @param from the part of the statement without a row of which nothing has happened.
 * @param subject SQL of the subject's id, of `from` as `f` or of the call as `a`, as are the sides.
 */
export const recordingOf = (
  kind: string,
  from: string,
  subject: string,
  { before, after }: Sides,
): string => `counted as (
  update tenant_counters c set event_position = c.event_position + 1
  where c.tenant_id = :tenant_id and exists (select 1 from ${from})
  returning c.event_position
),
recorded as (
  insert into events (tenant_id, position, id, kind, subject_id, actor_id, credential_id, dialect, request_id, at, before, after)
  select :tenant_id, c.event_position, a.event_id, '${kind}', ${subject}, a.actor_id, a.credential_id, a.dialect, a.request_id, a.at,
    ${before ?? 'null'}, ${after ?? 'null'}
  from ${from} f, accepted a, counted c
)`
