import { Link, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { Form } from 'react-aria-components'
import type { Webhook } from '../../../sdk/operations.ts'
import { client } from '../api/client.ts'
import { DialogForm } from '../forms/DialogForm.tsx'
import { FormFoot } from '../forms/FormFoot.tsx'
import { linesOf } from '../forms/lines.ts'
import { useSaid } from '../forms/said.ts'
import { useSending } from '../forms/sending.ts'
import { TextInput } from '../forms/TextInput.tsx'
import { useWords } from '../i18n/words.ts'
import { useMe } from '../session/session.ts'
import { Loaded } from '../shell/Loaded.tsx'
import { Choice } from '../tickets/Choice.tsx'
import { keepSecret } from './secrets.ts'
import { readWebhooksAnew, standOf, useWebhooks, VENDORS, vendorOf } from './webhooks.ts'

/** Who is told of events: each URL with what it wants, and whether it takes it. */
export function Webhooks() {
  const words = useWords()
  const webhooks = useWebhooks()
  return (
    <>
      <header className="page-head">
        <h1>{words.pages.webhooks}</h1>
        <DialogForm action={words.webhooks.add} title={words.webhooks.add}>
          {(close) => <NewWebhook onDone={close} />}
        </DialogForm>
      </header>
      <p className="hint">{words.webhooks.about}</p>
      <Loaded query={webhooks}>
        {(all) =>
          all.length === 0 ? (
            <p className="lines-empty">{words.webhooks.none}</p>
          ) : (
            <ul className="lines" aria-label={words.pages.webhooks}>
              {all.map((webhook) => (
                <WebhookLine key={webhook.id} webhook={webhook} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  )
}

function WebhookLine({ webhook }: { readonly webhook: Webhook }) {
  const words = useWords()
  const { id, url, dialect, desk, events, description } = webhook
  const { sign, name } = standOf(webhook, words)
  const about = [vendorOf(dialect), desk?.name, words.webhooks.eventsOf(events)].filter(Boolean).join(' · ')
  return (
    <li className="line">
      <span className="line-about">
        <Link className="line-link text" to="/settings/webhooks/$webhookId" params={{ webhookId: id }}>
          {url}
        </Link>
        {description !== '' && <span className="text">{description}</span>}
        <span className="hint text">{about}</span>
      </span>
      <span className="badges">
        <span className={`badge ${sign}`}>{name}</span>
      </span>
    </li>
  )
}

const FIELDS = ['url', 'events', 'description'] as const

function NewWebhook({ onDone }: { readonly onDone: () => void }) {
  const words = useWords()
  const me = useMe()
  const navigate = useNavigate()
  const sending = useSending(useSaid())
  const desks = me.desks.filter(({ role }) => role === 'admin')
  const [dialect, setDialect] = useState('native')
  const [desk, setDesk] = useState(me.user.owner ? 'all' : (desks[0]?.id ?? ''))

  async function make(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const events = linesOf(given, 'events')
    const body = {
      url: String(given.get('url')).trim(),
      dialect,
      desk: desk === 'all' ? null : desk,
      description: String(given.get('description')),
      ...(events.length > 0 && { events }),
    }
    await sending.send(async () => {
      const { id, secret } = await client.call('createWebhook', { body })
      keepSecret(id, secret)
      onDone()
      void navigate({ to: '/settings/webhooks/$webhookId', params: { webhookId: id } })
      void readWebhooksAnew()
    })
  }

  return (
    <Form className="card-form" validationErrors={sending.errors} onSubmit={(event) => void make(event)}>
      <TextInput
        name="url"
        label={words.webhooks.url}
        hint={words.webhooks.urlHint}
        type="url"
        isRequired
        isCode
        autoFocus
        longest={2_048}
      />
      <Choice label={words.webhooks.form} value={dialect} options={VENDORS} onChange={setDialect} />
      {(desks.length > 1 || me.user.owner) && (
        <Choice
          label={words.ticket.desk}
          value={desk}
          options={[...(me.user.owner ? [{ id: 'all', name: words.people.allDesks }] : []), ...desks]}
          onChange={setDesk}
        />
      )}
      <TextInput name="events" label={words.webhooks.events} hint={words.webhooks.eventsHint} rows={3} isCode />
      <TextInput name="description" label={words.webhooks.description} />
      <FormFoot sending={sending} action={words.webhooks.make} fields={FIELDS} onCancel={onDone} />
    </Form>
  )
}
