import type { Quickstart } from './demo.ts'
import type { DemoValues } from './examples.ts'
import { PROFILES } from './profiles.ts'

/** By which a person logs in. */
export const CONSOLE = { email: 'CONSOLE_EMAIL', password: 'CONSOLE_PASSWORD' } as const

/** The ids of the samples, by the names that examples have for them; those of webhooks are the dialects' own. */
export const SAMPLE = {
  ticket: 'SAMPLE_TICKET_ID',
  comment: 'SAMPLE_COMMENT_ID',
  changedTicket: 'SAMPLE_CHANGED_TICKET_ID',
  stays: 'SAMPLE_LASTING_TICKET_ID',
  linked: 'SAMPLE_LINKED_TICKET_ID',
  link: 'SAMPLE_LINK_ID',
  aside: 'SAMPLE_SPLIT_MESSAGE_ID',
  duplicate: 'SAMPLE_DUPLICATE_TICKET_ID',
  merged: 'SAMPLE_MERGED_TICKET_ID',
  membership: 'SAMPLE_MEMBERSHIP_ID',
  group: 'SAMPLE_GROUP_ID',
  view: 'SAMPLE_VIEW_ID',
  savedReply: 'SAMPLE_SAVED_REPLY_ID',
  macro: 'SAMPLE_MACRO_ID',
  scheduled: 'SAMPLE_SCHEDULED_ID',
  later: 'SAMPLE_LATER',
  credential: 'SAMPLE_CREDENTIAL_ID',
  job: 'SAMPLE_JOB_ID',
  mail: 'SAMPLE_MAIL_ID',
  letter: 'SAMPLE_LETTER_ID',
  undeliverable: 'SAMPLE_UNDELIVERABLE_ID',
  sendingWebhook: 'SAMPLE_SENDING_WEBHOOK_ID',
  delivery: 'SAMPLE_DELIVERY_ID',
  lateDelivery: 'SAMPLE_LATE_DELIVERY_ID',
  skippedDelivery: 'SAMPLE_SKIPPED_DELIVERY_ID',
} as const

/** What of quickstart.env may be shown to everybody: ids and names of the demo, and no secret. */
const SHOWN: readonly string[] = [
  CONSOLE.email,
  ...PROFILES.flatMap(({ demo }) => [...(demo.shown ?? []), ...(demo.webhook ? [demo.webhook] : [])]),
  ...Object.values(SAMPLE),
]

/** Secrets of quickstart.env that go into a body: examples hold their names, and whoever sends them puts in the values. */
export const ASKED_FOR: readonly string[] = [CONSOLE.password, ...PROFILES.flatMap(({ demo }) => demo.askedFor ?? [])]

/** The `NAME=value` lines of quickstart.env. */
export function valuesIn(quickstart: string): Quickstart {
  const lines = quickstart.split('\n').filter((line) => line.includes('='))
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
}

/** The demo's ids in the text of quickstart.env; of its secrets the names. */
export function demoValuesIn(quickstart: string): DemoValues {
  const values = valuesIn(quickstart)
  const shown = SHOWN.map((name) => [name, values[name]] as const)
  const asked = ASKED_FOR.map((name) => [name, values[name] && `$${name}`] as const)
  return new Map([...shown, ...asked].flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}
