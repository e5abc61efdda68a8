/**
 * The parts by which a statement names people. Their rows are locked against an erasure before anything else is: it waits
 * until what names a person has committed, and whatever waits for it finds the person erased and names nobody. A foreign
 * key sees to neither, since it only asks for the row, which stays (docs/decisions/0020).
 */

/** SQL of parts that lock those of the people in `named` (`call`, `id`) who are not erased, as `living`. */
export const LIVING = `
living as materialized (
  -- One by one: a join may be planned as a look at all users of the tenant.
  select u.id from (select distinct n.id from named n) n, lateral (
    select x.id from users x where x.tenant_id = :tenant_id and x.id = n.id and x.erased_at is null limit 1 for share) u
)`

/** SQL that is true of a call that names somebody who is erased, or was never there. */
export const namesNobody = (call: string): string => `exists (
      select 1 from named n where n.call = ${call}.call and not exists (select 1 from living l where l.id = n.id))`
