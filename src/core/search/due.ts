/**
 * SQL of parts that leave tickets to the job that makes their keys anew, in the statement that takes words away. Whoever
 * uses it holds the tickets' rows.
 *
 * @param tickets SQL of a query for their integers, a column `ticket`
 */
export const leavingDue = (tickets: string): string => `search_left as (
  insert into search_due as s (tenant_id, ticket, mark)
  select :tenant_id, n.ticket, 1 from (${tickets}) n
  on conflict (tenant_id, ticket) do update set mark = s.mark + 1
)`
