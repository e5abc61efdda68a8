import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import type { Ticket } from '../../../sdk/operations.ts'
import { cache } from '../api/cache.ts'
import { keys } from '../api/keys.ts'
import { useMe } from '../session/session.ts'
import { moveSelection, neighbour, selectedTicket } from '../tickets/selection.ts'
import type { Scene } from './actions.ts'

/** What is on screen, looked at when an action runs. */
export function useScene(): () => Scene {
  const me = useMe()
  const navigate = useNavigate()
  const { ticketId } = useParams({ strict: false })
  const { view = 'all', q } = useSearch({ strict: false })
  const search = { view, ...(q !== undefined && { q }) }
  return () => ({
    me,
    isOpen: ticketId !== undefined,
    ticket:
      (ticketId === undefined ? undefined : cache.getQueryData<Ticket>(keys.ticket(ticketId))) ?? selectedTicket(),
    move: moveSelection,
    neighbour,
    open: (id) => void navigate({ to: '/tickets/$ticketId', params: { ticketId: id }, search }),
    close: () => void navigate({ to: '/tickets', search }),
    find: (query) => void navigate({ to: '/tickets', search: { view: 'all', q: query } }),
    settings: ({ to }) => void navigate({ to }),
    goTo: (to) => void navigate({ to: '/tickets', search: { view: to } }),
  })
}
