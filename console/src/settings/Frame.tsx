import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useWords } from '../i18n/words.ts'
import { useMe } from '../session/session.ts'
import { offeredTo, pageAt } from './pages.ts'
import '../theme/settings.css'

/** Around every page of the settings: which there are, at the left, and the one that is shown. */
export function SettingsFrame() {
  const words = useWords()
  const pages = offeredTo(useMe())
  const current = pageAt(useRouterState({ select: ({ location }) => location.pathname }))
  const nav = useRef<HTMLElement>(null)
  // On a phone the pages are one line, of which a part is in sight.
  useEffect(() => {
    nav.current?.querySelector(`[href="${current.to}"]`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [current])
  return (
    <div className="settings-frame">
      {pages.length > 1 && (
        <nav ref={nav} className="settings-pages" aria-label={words.settings.pages}>
          <ul>
            {pages.map(({ id, to }) => (
              <li key={id}>
                <Link
                  to={to}
                  className="view"
                  aria-current={id === current.id ? 'page' : undefined}
                  activeProps={{}}
                  activeOptions={{ exact: true }}
                >
                  {words.pages[id]}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      )}
      <main className="settings" id="main">
        {pages.includes(current) ? <Outlet /> : <p>{words.ticket.notAllowed}</p>}
      </main>
    </div>
  )
}
