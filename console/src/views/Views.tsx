import { Link } from '@tanstack/react-router'
import { useWords } from '../i18n/words.ts'
import { nameOf, VIEWS } from './views.ts'

/** The views at the left. */
export function Views({ current }: { readonly current: string }) {
  const words = useWords()
  return (
    <nav aria-label={words.shell.views} className="views">
      <ul>
        {VIEWS.map(({ id }) => (
          <li key={id}>
            <Link
              to="/tickets"
              search={{ view: id }}
              className="view"
              aria-current={current === id ? 'page' : undefined}
              activeProps={{}}
            >
              {nameOf(id, words)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
