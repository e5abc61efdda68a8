import { useSyncExternalStore } from 'react'
import type { Ticket } from '../../../sdk/operations.ts'
import { client } from '../api/client.ts'
import { showTicket } from '../api/feed.ts'
import { whyOf } from '../api/why.ts'
import { moment } from '../i18n/amounts.ts'
import type { Words } from '../i18n/en.ts'
import { wordsNow } from '../i18n/words.ts'
import { notify } from '../shell/notices.ts'
import { offerUndo } from './change.ts'

/** The ticket of which it is asked until when it is snoozed. */
let asked: Ticket | null = null
const listeners = new Set<() => void>()

/** Shows the dialog for a ticket; null takes it away. */
export function askSnooze(ticket: Ticket | null): void {
  asked = ticket
  for (const listener of listeners) listener()
}

export const useSnoozing = (): Ticket | null =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => asked,
  )

/** When the morning of a working day begins. */
const MORNING = 9
const LATER_HOURS = 3
const MONDAY = 1
const WEEK = 7

/** The times that are offered, each in the device's own zone. */
export const CHOICES = ['later', 'tomorrow', 'nextWeek'] as const

/** When somebody who chooses so now is reminded. */
export function timeOf(choice: (typeof CHOICES)[number], now: Date): Date {
  const time = new Date(now)
  if (choice === 'later') {
    time.setHours(time.getHours() + LATER_HOURS, 0, 0, 0)
    return time
  }
  const days = choice === 'tomorrow' ? 1 : (MONDAY + WEEK - time.getDay()) % WEEK || WEEK
  time.setDate(time.getDate() + days)
  time.setHours(MORNING, 0, 0, 0)
  return time
}

/** The morning of a day as a field has it, `2026-01-31`. */
export function morningOf(day: string): Date {
  return new Date(`${day}T0${MORNING}:00`)
}

/** Snoozes a ticket; null for until an answer. What was refused is told. */
export async function snooze(ticket: Ticket, until: Date | null): Promise<void> {
  const body = { until: until === null ? null : until.toISOString() }
  await tellOf(() => client.call('snoozeTicket', { params: { id: ticket.id }, body }))
}

/** Brings a ticket back. */
export async function wake(ticket: Ticket): Promise<void> {
  await tellOf(() => client.call('wakeTicket', { params: { id: ticket.id } }))
}

async function tellOf(call: () => Promise<Ticket>): Promise<void> {
  try {
    const changed = await call()
    showTicket(changed)
    offerUndo(changed, 'undo')
  } catch (error) {
    notify(`${wordsNow().ticket.notSaved} ${whyOf(error)}`)
  }
}

/** Beyond any time that can be chosen: until the requester answers. */
const UNTIL_REPLY = '9999'

/** Until when a ticket is snoozed, in words; null where it is not. */
export function snoozedIn(words: Words, { snoozed_until: until }: Pick<Ticket, 'snoozed_until'>): string | null {
  if (until === null) return null
  return until.startsWith(UNTIL_REPLY) ? words.snooze.untilReply : words.snooze.until(moment(until))
}
