import { useQuery } from '@tanstack/react-query'
import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { Button, Disclosure, DisclosurePanel, Heading } from 'react-aria-components'
import type { ListedDelivery, Webhook } from '../../../sdk/operations.ts'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'
import { useSaid } from '../forms/said.ts'
import { useSending } from '../forms/sending.ts'
import { moment } from '../i18n/amounts.ts'
import { useWords } from '../i18n/words.ts'
import { Loaded } from '../shell/Loaded.tsx'
import { More } from '../shell/More.tsx'
import { notify } from '../shell/notices.ts'
import { Segments } from '../shell/Segments.tsx'
import { type DeliveryState, readWebhooksAnew, STATES, useDeliveries } from './webhooks.ts'

const SIGNS: Readonly<Record<DeliveryState, string>> = { waiting: 'waits', dead: 'off', delivered: 'on', skipped: '' }

interface Props {
  readonly webhook: Webhook
  readonly isEnding: boolean
}

/** What was and is to be sent, and what can be done about it. */
export function Deliveries({ webhook: { id, enabled }, isEnding }: Props) {
  const words = useWords()
  const said = words.webhooks
  const [state, setState] = useState<DeliveryState | null>(null)
  const deliveries = useDeliveries(id, state, isEnding)
  const sending = useSending(useSaid())

  async function replayAll(): Promise<void> {
    const { replayed } = await client.call('replayDeadDeliveries', { params: { id } })
    notify(said.replayed(replayed))
    await readWebhooksAnew()
  }

  async function sendAll(): Promise<void> {
    const { due } = await client.call('sendWaitingDeliveries', { params: { id } })
    notify(said.due(due))
    await readWebhooksAnew()
  }

  return (
    <section aria-labelledby="deliveries">
      <h2 id="deliveries">{said.deliveries}</h2>
      <div className="page-tools level">
        <Segments
          label={said.state}
          value={state ?? 'all'}
          options={[{ id: 'all', name: said.all }, ...STATES.map((id) => ({ id, name: said.states[id] }))]}
          onChange={(id) => setState(id === 'all' ? null : id)}
        />
        {enabled && (
          <Button className="button" isDisabled={sending.isBusy} onPress={() => void sending.send(sendAll)}>
            {said.sendAll}
          </Button>
        )}
        <Button className="button" isDisabled={sending.isBusy} onPress={() => void sending.send(replayAll)}>
          {said.replayAll}
        </Button>
      </div>
      <p role="alert" className="field-error">
        {sending.problem}
      </p>
      <Loaded query={deliveries}>
        {({ pages }) => {
          const shown = pages.flatMap(({ data }) => data)
          if (shown.length === 0) return <p className="lines-empty">{said.noDeliveries}</p>
          return (
            <>
              <ul className="lines" aria-label={said.deliveries}>
                {shown.map((delivery) => (
                  <DeliveryLine key={delivery.id} webhook={id} delivery={delivery} isEnabled={enabled} />
                ))}
              </ul>
              <More list={deliveries} />
            </>
          )
        }}
      </Loaded>
    </section>
  )
}

interface LineProps {
  readonly webhook: string
  readonly delivery: ListedDelivery
  readonly isEnabled: boolean
}

function DeliveryLine({ webhook, delivery, isEnabled }: LineProps) {
  const words = useWords()
  const said = words.webhooks
  const sending = useSending(useSaid())
  const { id, event, state, attempts, created_at, next_at, waits_for, last } = delivery
  const params = { id: webhook, delivery: id }
  const outcome = last && (last.status === null ? last.problem : said.answered(last.status))

  async function act(operation: 'sendDelivery' | 'skipDelivery' | 'replayDelivery'): Promise<void> {
    await client.call(operation, { params })
    await readWebhooksAnew()
  }

  return (
    <li>
      <Disclosure className="delivery">
        {({ isExpanded }) => (
          <>
            <Heading level={3}>
              <Button slot="trigger" className="delivery-head">
                <ChevronRight size={14} aria-hidden="true" />
                <span className="line-about">
                  <span className="line-name text">{event}</span>
                  <span className="hint text">
                    {moment(created_at)} · {said.attempts(attempts)}
                    {outcome !== null && ` · ${outcome}`}
                  </span>
                </span>
                <span className={`badge ${SIGNS[state]}`}>{said.states[state]}</span>
              </Button>
            </Heading>
            <DisclosurePanel className="delivery-panel">
              {isExpanded && (
                <>
                  {state === 'waiting' && (
                    <p className="hint">
                      {waits_for !== null ? said.waitsFor : next_at !== null && said.next(moment(next_at))}
                    </p>
                  )}
                  <div className="settings-buttons">
                    {state === 'waiting' && isEnabled && (
                      <Button
                        className="button small"
                        isDisabled={sending.isBusy}
                        onPress={() => void sending.send(() => act('sendDelivery'))}
                      >
                        {said.sendNow}
                      </Button>
                    )}
                    {(state === 'waiting' || state === 'dead') && (
                      <Button
                        className="button small"
                        isDisabled={sending.isBusy}
                        onPress={() => void sending.send(() => act('skipDelivery'))}
                      >
                        {said.skip}
                      </Button>
                    )}
                    {state !== 'waiting' && (
                      <Button
                        className="button small"
                        isDisabled={sending.isBusy}
                        onPress={() => void sending.send(() => act('replayDelivery'))}
                      >
                        {said.replay}
                      </Button>
                    )}
                  </div>
                  <p role="alert" className="field-error">
                    {sending.problem}
                  </p>
                  <Log webhook={webhook} delivery={delivery} />
                </>
              )}
            </DisclosurePanel>
          </>
        )}
      </Disclosure>
    </li>
  )
}

/** Each attempt with what came of it, and what is sent. */
function Log({ webhook, delivery: { id, attempts, state } }: Omit<LineProps, 'isEnabled'>) {
  const words = useWords()
  const said = words.webhooks
  const delivery = useQuery({
    queryKey: keys.delivery(webhook, id, `${state} ${attempts}`),
    queryFn: ({ signal }) => client.call('getDelivery', { params: { id: webhook, delivery: id }, signal }),
  })
  return (
    <Loaded query={delivery}>
      {({ log, body }) => (
        <>
          <ol className="attempts" aria-label={said.log}>
            {log.map(({ number, at, duration_ms, status, problem, answer_body }) => (
              <li key={number} className="attempt">
                <span className="hint">{moment(at)}</span>
                <span className={status !== null && status < 300 ? '' : 'field-error'}>
                  {status === null ? problem : said.answered(status)}
                </span>
                <span className="hint">{said.took(duration_ms)}</span>
                {answer_body !== null && answer_body !== '' && (
                  <code className="whole attempt-answer">{answer_body}</code>
                )}
              </li>
            ))}
          </ol>
          {body !== null && <pre tabIndex={0}>{spaced(body)}</pre>}
        </>
      )}
    </Loaded>
  )
}

/** A payload with a line for each value, where it is JSON. */
function spaced(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}
