/** Bits of a key as words have it; in front of these are those of its block. */
const KEY_BITS = 40

/** SQL of all keys of the ticket with an integer, as words have them. */
export const keysOfTicket = (integer: string): string => `array(
    select k.key & ((1::bigint << ${KEY_BITS}) - 1) from search_tickets s, unnest(s.keys) k (key)
    where s.tenant_id = :tenant_id and s.ticket = ${integer}
    union
    select k.key from search_tail s, unnest(s.keys) k (key) where s.tenant_id = :tenant_id and s.ticket = ${integer})`
