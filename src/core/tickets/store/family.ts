/**
 * A ticket that was merged into another leads to it, and that may lead on: the tickets that lead to one are its family. No
 * ticket comes to itself by these ways, as whoever merges holds both rows, and merges into none that leads away.
 */

/** SQL of a table `name (key, id, merged_into)`: from each row of a first query of these, all steps to the ticket that stays. */
export const waysFrom = (name: string, first: string): string => `${name} as (
  ${first}
  union all
  select w.key, t.id, t.merged_into from ${name} w cross join lateral (
    select x.id, x.merged_into from tickets x where x.tenant_id = :tenant_id and x.id = w.merged_into limit 1) t
)`

/** SQL of the integer of the ticket that stays where the one with an integer leads to. */
export const integerThatStays = (integer: string): string => `(
    with recursive way (id, integer, merged_into) as (
      select o.id, o.integer, o.merged_into from tickets o where o.tenant_id = :tenant_id and o.integer = ${integer}
      union all
      select o.id, o.integer, o.merged_into from way w cross join lateral (
        select * from tickets x where x.tenant_id = :tenant_id and x.id = w.merged_into limit 1) o
    ) select w.integer from way w where w.merged_into is null)`

/** SQL of the ids, in a column `id`, of the tickets of a query and of all that were merged into them. */
export const familyOf = (ids: string): string => `(
    with recursive family (id) as (
      ${ids}
      union
      select t.id from family f cross join lateral (
        select x.id from tickets x where x.tenant_id = :tenant_id and x.merged_into = f.id offset 0) t
    ) select f.id from family f)`
