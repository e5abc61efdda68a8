import { useQuery } from '@tanstack/react-query'
import { Button } from 'react-aria-components'
import { askAgain } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'
import { moment } from '../i18n/amounts.ts'
import { chooseLanguage, useLanguage, useWords } from '../i18n/words.ts'
import { useMe } from '../session/session.ts'
import { chooseTheme, THEMES, useTheme } from '../theme/theme.ts'
import { Choice } from '../tickets/Choice.tsx'
import { nameOf } from '../tickets/list.ts'
import { Password } from './Password.tsx'
import { SecondFactor } from './SecondFactor.tsx'

const LANGUAGES = [
  { id: 'en', name: 'English' },
  { id: 'de', name: 'Deutsch' },
]

/** One's own settings. */
export function Settings() {
  const words = useWords()
  const { user, tenant } = useMe()
  const theme = useTheme()
  const language = useLanguage()
  return (
    <>
      <h1>{words.settings.title}</h1>
      <section aria-labelledby="profile">
        <h2 id="profile">{words.settings.profile}</h2>
        <p>
          {nameOf(user)} <span className="hint">{user.email}</span>
        </p>
        <p className="hint">{tenant.name}</p>
      </section>
      <section aria-labelledby="appearance">
        <h2 id="appearance">{words.settings.appearance}</h2>
        <Choice
          label={words.shell.theme}
          value={theme}
          options={THEMES.map((id) => ({ id, name: words.shell.themes[id] }))}
          onChange={(id) => chooseTheme(THEMES.find((each) => each === id) ?? 'auto')}
        />
        <Choice label={words.shell.language} value={language} options={LANGUAGES} onChange={chooseLanguage} />
      </section>
      <Password />
      <SecondFactor />
      <Sessions />
    </>
  )
}

function Sessions() {
  const words = useWords()
  const { data } = useQuery({ queryKey: keys.sessions, queryFn: () => client.call('listSessions'), staleTime: 0 })
  async function end(id: string): Promise<void> {
    await client.call('signOut', { params: { id } })
    await askAgain(keys.sessions)
  }
  return (
    <section aria-labelledby="sessions">
      <h2 id="sessions">{words.settings.sessions}</h2>
      <ul className="sessions">
        {data?.data.map((session) => (
          <li key={session.id}>
            <span>
              {session.user_agent}
              <span className="hint">{words.settings.since(moment(session.created_at))}</span>
            </span>
            {session.current ? (
              <span className="hint">{words.settings.current}</span>
            ) : (
              <Button
                className="button small"
                aria-label={words.settings.endOf(session.user_agent)}
                onPress={() => void end(session.id)}
              >
                {words.settings.end}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
