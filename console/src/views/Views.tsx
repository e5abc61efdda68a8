import { queryOptions, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { CountViewsAnswer } from '../../../sdk/operations.ts'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'
import { useWords } from '../i18n/words.ts'
import { nameOf, VIEWS } from './views.ts'

/** The views at the left, each with how many tickets it has. */
export function Views({ current }: { readonly current: string }) {
  const words = useWords()
  const { data } = useQuery(countsQuery)
  const counts = new Map(data?.data.map((each) => [each.view, each]))
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
              <span className="text">{nameOf(id, words)}</span>
              <Count of={counts.get(id)} />
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}

const countsQuery = queryOptions({
  queryKey: keys.counts,
  queryFn: ({ signal }) => client.call('countViews', { signal }),
})

/** Nothing is beside a view that is empty. */
function Count({ of: counted }: { readonly of: CountViewsAnswer['data'][number] | undefined }) {
  if (!counted || counted.count === 0) return null
  const count = new Intl.NumberFormat(document.documentElement.lang).format(counted.count)
  return <span className="view-count">{counted.more ? `${count}+` : count}</span>
}
