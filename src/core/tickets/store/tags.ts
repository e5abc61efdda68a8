/**
 * How many tickets have each tag is counted by whoever writes tickets, in the same statement and behind the tenant's counter,
 * for which all of them wait: so no two wait for each other on the rows of tags.
 */

/**
 * SQL of parts that count what tags win and lose by a statement which takes the tenant's counter as `counted`.
 *
 * @param flows SQL of rows of a tag and of how many tickets have it more.
 */
export const countingTags = (flows: string): string => `tag_flows as (
  select f.name, sum(f.delta)::integer as delta from (
    ${flows}
  ) f group by f.name having sum(f.delta) <> 0
),
tags_counted as (
  insert into tags as g (tenant_id, name, tickets)
  select :tenant_id, f.name, f.delta from tag_flows f, counted
  on conflict (tenant_id, name) do update set tickets = g.tickets + excluded.tickets
)`

/** SQL of what the tags of tickets win or lose. @param from rows `x` with an id and tags, and what else they depend on. */
export const tagsOf = (from: string, delta: 1 | -1): string =>
  `select distinct x.id, n.name, ${delta} as delta from ${from} cross join lateral unnest(x.tags) n (name)`
