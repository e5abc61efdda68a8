import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { CreateCredentialAnswer, Credential } from '../../../sdk/operations.ts'
import { all } from '../../../sdk/pages.ts'
import { askAgain } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { collect } from '../api/collect.ts'
import { keys } from '../api/keys.ts'
import { Confirm } from '../forms/Confirm.tsx'
import { DialogForm } from '../forms/DialogForm.tsx'
import { age, moment } from '../i18n/amounts.ts'
import { useWords } from '../i18n/words.ts'
import { usePerson } from '../people/people.ts'
import { Loaded } from '../shell/Loaded.tsx'
import { notify } from '../shell/notices.ts'
import { Segments } from '../shell/Segments.tsx'
import { nameOf } from '../tickets/list.ts'
import { useNow } from '../tickets/now.ts'
import { kindOf } from './kinds.ts'
import { Made } from './Made.tsx'
import { NewCredential } from './NewCredential.tsx'

/** The credentials of every dialect that one manages: how old they are, when they were used last, and new ones. */
export function Credentials() {
  const words = useWords()
  const now = useNow()
  const [shows, setShows] = useState('live')
  const [made, setMade] = useState<CreateCredentialAnswer | null>(null)
  const credentials = useQuery({
    queryKey: keys.credentials,
    // When each was used last, no event tells.
    staleTime: 0,
    queryFn: () => collect(all(client, 'listCredentials', { query: { limit: '200' } })),
  })
  return (
    <>
      <header className="page-head">
        <h1>{words.pages.credentials}</h1>
        <DialogForm action={words.credentials.add} title={words.credentials.add}>
          {(close) => <NewCredential onMade={setMade} onDone={close} />}
        </DialogForm>
      </header>
      <p className="hint">{words.credentials.about}</p>
      {made && <Made credential={made} onDone={() => setMade(null)} />}
      <div className="page-tools">
        <Segments
          label={words.credentials.which}
          value={shows}
          options={[
            { id: 'live', name: words.credentials.live },
            { id: 'all', name: words.credentials.all },
          ]}
          onChange={setShows}
        />
      </div>
      <Loaded query={credentials}>
        {(known) => {
          const shown = known.filter((each) => shows === 'all' || stateOf(each, now) === 'live').toReversed()
          if (shown.length === 0) return <p className="lines-empty">{words.credentials.none}</p>
          return (
            <ul className="lines" aria-label={words.pages.credentials}>
              {shown.map((credential) => (
                <CredentialLine key={credential.id} credential={credential} now={now} />
              ))}
            </ul>
          )
        }}
      </Loaded>
    </>
  )
}

function stateOf({ revoked_at, expires_at }: Credential, now: number): 'live' | 'revoked' | 'ended' {
  if (revoked_at !== null) return 'revoked'
  return expires_at !== null && Date.parse(expires_at) <= now ? 'ended' : 'live'
}

function CredentialLine({ credential, now }: { readonly credential: Credential; readonly now: number }) {
  const words = useWords()
  const { data: person } = usePerson(credential.user)
  const { id, name, desk, created_at, last_used_at, expires_at } = credential
  const state = stateOf(credential, now)
  const kind = kindOf(credential)
  const what = kind ? `${kind.vendor} · ${words.credentials.whats[kind.what]}` : credential.dialect

  async function revoke(): Promise<void> {
    await client.call('revokeCredential', { params: { id } })
    await askAgain(keys.credentials)
    notify(words.credentials.isRevoked(name))
  }

  return (
    <li className="line" data-off={state !== 'live' || undefined}>
      <span className="line-about">
        <span className="line-name text">{name}</span>
        <span className="hint text">{[what, person && nameOf(person), desk?.name].filter(Boolean).join(' · ')}</span>
        <span className="hint text">
          <time dateTime={created_at} title={moment(created_at)}>
            {words.credentials.old(age(created_at, now))}
          </time>
          {' · '}
          {last_used_at === null ? (
            words.credentials.neverUsed
          ) : (
            <time dateTime={last_used_at} title={moment(last_used_at)}>
              {words.credentials.used(age(last_used_at, now))}
            </time>
          )}
          {state === 'live' && expires_at !== null && ` · ${words.credentials.until(moment(expires_at))}`}
        </span>
      </span>
      <span className="badges">
        {credential.test && <span className="badge waits">{words.credentials.test}</span>}
        {state !== 'live' && <span className="badge off">{words.credentials[state]}</span>}
      </span>
      {state === 'live' && (
        <Confirm
          isSmall
          action={words.credentials.revoke}
          name={words.credentials.revokeName(name)}
          title={words.credentials.revokeOf(name)}
          text={words.credentials.revokeHint}
          work={revoke}
        />
      )}
    </li>
  )
}
