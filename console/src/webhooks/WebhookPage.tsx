import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { Button, Form } from 'react-aria-components'
import type { ChangeWebhookBody, TestWebhookAnswer, Webhook } from '../../../sdk/operations.ts'
import { cache } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'
import { Confirm } from '../forms/Confirm.tsx'
import { FormFoot } from '../forms/FormFoot.tsx'
import { linesOf } from '../forms/lines.ts'
import { ShownOnce } from '../forms/ShownOnce.tsx'
import { useSaid } from '../forms/said.ts'
import { useSending } from '../forms/sending.ts'
import { TextInput } from '../forms/TextInput.tsx'
import { moment } from '../i18n/amounts.ts'
import { useWords } from '../i18n/words.ts'
import { Loaded } from '../shell/Loaded.tsx'
import { notify } from '../shell/notices.ts'
import { Deliveries } from './Deliveries.tsx'
import { keepSecret, useSecret } from './secrets.ts'
import { readWebhooksAnew, standOf, useWebhook, vendorOf } from './webhooks.ts'

/** A webhook: whether it sends, what it sent, and what it is. */
export function WebhookPage() {
  const words = useWords()
  const { webhookId } = useParams({ from: '/settings/webhooks/$webhookId' })
  const [isEnding, setEnding] = useState(false)
  const webhook = useWebhook(webhookId, isEnding)
  return (
    <>
      <Link className="back-link" to="/settings/webhooks">
        <ArrowLeft size={15} aria-hidden="true" />
        {words.pages.webhooks}
      </Link>
      <Loaded query={webhook}>
        {(known) => <Known key={known.id} webhook={known} isEnding={isEnding} setEnding={setEnding} />}
      </Loaded>
    </>
  )
}

interface Props {
  readonly webhook: Webhook
  readonly isEnding: boolean
  setEnding(isEnding: boolean): void
}

function Known({ webhook, isEnding, setEnding }: Props) {
  const words = useWords()
  const { id, url, dialect, desk, enabled, disabled_because, disabled_by, rests_until } = webhook
  const { sign, name } = standOf(webhook, words)
  const secret = useSecret(id)
  const sending = useSending(useSaid())

  async function enable(on: boolean): Promise<void> {
    cache.setQueryData(keys.webhook(id), await client.call('changeWebhook', { params: { id }, body: { enabled: on } }))
    await readWebhooksAnew()
  }

  return (
    <>
      <header className="page-head">
        <span className="line-about">
          <h1 className="whole">{url}</h1>
          <span className="hint">{[vendorOf(dialect), desk?.name].filter(Boolean).join(' · ')}</span>
        </span>
        <span className={`badge ${sign}`}>{name}</span>
        <Button
          className={`button ${enabled ? '' : 'primary'}`}
          isDisabled={sending.isBusy}
          onPress={() => void sending.send(() => enable(!enabled))}
        >
          {enabled ? words.webhooks.pause : words.webhooks.resume}
        </Button>
      </header>
      <p role="alert" className="field-error">
        {sending.problem}
      </p>
      {disabled_because !== null && <p className="field-error">{disabled_because}</p>}
      {!enabled && (
        <p className="hint">{disabled_by === 'hand' ? words.webhooks.pausedHint : words.webhooks.stoppedHint}</p>
      )}
      {enabled && rests_until !== null && <p className="hint">{words.webhooks.restsUntil(moment(rests_until))}</p>}
      {secret !== undefined && (
        <ShownOnce
          hint={words.webhooks.secretHint}
          values={[{ label: words.webhooks.secret, value: secret }]}
          onDone={() => keepSecret(id, null)}
        />
      )}
      <Deliveries webhook={webhook} isEnding={isEnding} />
      <Trial webhook={webhook} />
      <Change webhook={webhook} />
      <End webhook={webhook} setEnding={setEnding} />
    </>
  )
}

/** Sends a test event, and shows what is answered. */
function Trial({ webhook: { id } }: { readonly webhook: Webhook }) {
  const words = useWords()
  const sending = useSending(useSaid())
  const [result, setResult] = useState<TestWebhookAnswer | null>(null)
  const isFine = result !== null && result.status !== null && result.status < 300
  return (
    <section aria-labelledby="trial">
      <h2 id="trial">{words.webhooks.trial}</h2>
      <div className="setting">
        <p className="hint">{words.webhooks.trialHint}</p>
        <Button
          className="button"
          isDisabled={sending.isBusy}
          onPress={() => void sending.send(async () => setResult(await client.call('testWebhook', { params: { id } })))}
        >
          {words.webhooks.send}
        </Button>
      </div>
      <p role="alert" className="field-error">
        {sending.problem ?? Object.values(sending.errors).join(' ')}
      </p>
      <div role="status">
        {result && (
          <p className={isFine ? '' : 'field-error'}>
            {result.status === null ? result.problem : words.webhooks.answered(result.status)} {result.answer_body}
          </p>
        )}
      </div>
    </section>
  )
}

const FIELDS = ['url', 'events', 'description'] as const

function Change({ webhook }: { readonly webhook: Webhook }) {
  const words = useWords()
  const { id } = webhook
  const sending = useSending(useSaid())
  // What others change meanwhile stays: only what differs from what was shown is sent.
  const [shown, setShown] = useState(webhook)

  async function save(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const url = String(given.get('url')).trim()
    const events = linesOf(given, 'events')
    const description = String(given.get('description'))
    const body: ChangeWebhookBody = {
      ...(url !== shown.url && { url }),
      ...(events.join(' ') !== shown.events.join(' ') && { events }),
      ...(description !== shown.description && { description }),
    }
    await sending.send(async () => {
      const changed = await client.call('changeWebhook', { params: { id }, body })
      setShown(changed)
      cache.setQueryData(keys.webhook(id), changed)
      notify(words.forms.saved)
      await readWebhooksAnew()
    })
  }

  return (
    <section aria-labelledby="change">
      <h2 id="change">{words.webhooks.what}</h2>
      <Form className="settings-form wide" validationErrors={sending.errors} onSubmit={(event) => void save(event)}>
        <TextInput
          name="url"
          label={words.webhooks.url}
          value={webhook.url}
          type="url"
          isRequired
          isCode
          longest={2_048}
        />
        <TextInput
          name="events"
          label={words.webhooks.events}
          value={webhook.events.join('\n')}
          hint={words.webhooks.eventsHint}
          rows={3}
          isRequired
          isCode
        />
        <TextInput name="description" label={words.webhooks.description} value={webhook.description} />
        <FormFoot sending={sending} action={words.saved.keep} fields={FIELDS} />
      </Form>
    </section>
  )
}

/** Another secret, and the end. */
function End({ webhook: { id, url }, setEnding }: Omit<Props, 'isEnding'>) {
  const words = useWords()
  const navigate = useNavigate()

  async function rotate(): Promise<void> {
    const { secret } = await client.call('rotateWebhookSecret', { params: { id } })
    keepSecret(id, secret)
    document.querySelector('#main')?.scrollTo({ top: 0 })
  }

  async function drop(): Promise<void> {
    setEnding(true)
    try {
      await cache.cancelQueries({ queryKey: keys.webhook(id) })
      await client.call('deleteWebhook', { params: { id } })
    } catch (error) {
      setEnding(false)
      throw error
    }
    keepSecret(id, null)
    await navigate({ to: '/settings/webhooks' })
    cache.removeQueries({ queryKey: keys.webhook(id) })
    await readWebhooksAnew()
  }

  return (
    <section aria-labelledby="end">
      <h2 id="end">{words.webhooks.end}</h2>
      <div className="setting">
        <p className="hint">{words.webhooks.rotateHint}</p>
        <Confirm
          action={words.webhooks.rotate}
          title={words.webhooks.rotateTitle}
          text={words.webhooks.rotateHint}
          work={rotate}
        />
      </div>
      <div className="setting">
        <p className="hint">{words.webhooks.dropHint}</p>
        <Confirm
          action={words.webhooks.drop}
          title={words.webhooks.dropOf(url)}
          text={words.webhooks.dropHint}
          work={drop}
        />
      </div>
    </section>
  )
}
