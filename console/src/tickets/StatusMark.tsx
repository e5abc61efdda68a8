import type { Ticket } from '../../../sdk/operations.ts'

/** A status as a small sign; its word is beside it or in the description of the row. */
export function StatusMark({ status }: { readonly status: Ticket['status'] }) {
  return <span className={`mark ${status}`} aria-hidden="true" />
}
