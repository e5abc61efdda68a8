import { Link as RouterLink } from '@tanstack/react-router'
import { Plus, X } from 'lucide-react'
import { Button } from 'react-aria-components'
import type { Ticket } from '../../../sdk/operations.ts'
import { useWords } from '../i18n/words.ts'
import { can } from './abilities.ts'
import { askLink, RELATIONS, useLinks } from './linking.ts'
import { unlink } from './links.ts'
import { StatusMark } from './StatusMark.tsx'

/** The tickets that a ticket is linked to, by what each is to it. */
export default function Links({ ticket }: { readonly ticket: Ticket }) {
  const words = useWords()
  const { data: links = [] } = useLinks(ticket)
  const mayLink = can(ticket, 'link')
  if (links.length === 0 && !mayLink) return null
  const groups = RELATIONS.map((relation) => [relation, links.filter((each) => each.relation === relation)] as const)
  return (
    <section className="ticket-requester" aria-label={words.links.name}>
      <h2>{words.links.name}</h2>
      {groups.map(
        ([relation, each]) =>
          each.length > 0 && (
            <div key={relation}>
              <h3>{words.links.relations[relation]}</h3>
              <ul>
                {each.map((link) => (
                  <li key={link.id} className="linked">
                    <RouterLink
                      to="/tickets/$ticketId"
                      params={{ ticketId: link.ticket.id }}
                      search={{ view: 'all' }}
                      title={`#${link.ticket.number} · ${words.statuses[link.ticket.status]}`}
                    >
                      <StatusMark status={link.ticket.status} /> {link.ticket.title || `#${link.ticket.number}`}
                    </RouterLink>
                    {mayLink && (
                      <Button
                        className="button quiet icon small"
                        aria-label={words.links.remove(link.ticket.title || `#${link.ticket.number}`)}
                        onPress={() => void unlink(ticket, link)}
                      >
                        <X size={13} aria-hidden="true" />
                      </Button>
                    )}
                  </li>
                ))}
              </ul>
            </div>
          ),
      )}
      {mayLink && (
        <Button className="button small add-link" onPress={() => askLink(ticket)}>
          <Plus size={14} aria-hidden="true" /> {words.links.add}
        </Button>
      )}
    </section>
  )
}
