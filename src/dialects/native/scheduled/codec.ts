import type { Context } from '../../../core/context.ts'
import { refuseField } from '../../../core/errors.ts'
import type { NewScheduled, Scheduled } from '../../../core/scheduled/scheduled.ts'
import { answerError } from '../../wire.ts'
import { errors } from '../errors.ts'
import { decodeInstant } from '../tickets/codec.ts'
import { decodeWritten } from '../unsent/codec.ts'
import type { NewScheduledBody, ScheduledAnswer, ScheduledChangeBody } from './schema.ts'

/** @throws Refusal `invalid` */
export function decodeNewScheduled(body: NewScheduledBody): NewScheduled {
  const { send_at, status = null, unless_answered: unlessAnswered = false, draft: _, ...written } = body
  return { ...decodeWritten(written), status, sendAt: decodeInstant('send_at', send_at), unlessAnswered }
}

/** What one becomes: absent fields stay. @throws Refusal `invalid` */
export function decodeScheduledChange(found: Scheduled, body: ScheduledChangeBody): Omit<NewScheduled, 'visibility'> {
  const { text, html, attachments, status, send_at, unless_answered } = body
  if (text !== undefined && html !== undefined) refuseField(['html'], 'not_allowed', 'Send text or html, not both.')
  const format = html !== undefined ? 'html' : text !== undefined ? 'text' : found.format
  return {
    ...{ format, text: html ?? text ?? found.text },
    attachmentIds: attachments?.map((id) => id.toLowerCase()) ?? found.files.map(({ id }) => id),
    status: status === undefined ? found.status : status,
    sendAt: send_at === undefined ? found.sendAt : decodeInstant('send_at', send_at),
    unlessAnswered: unless_answered ?? found.unlessAnswered,
  }
}

export function encodeScheduled({ actor }: Pick<Context, 'actor'>, scheduled: Scheduled): ScheduledAnswer {
  const { id, version, author, visibility, format, text, files, status, state, problem } = scheduled
  return {
    ...{ id, version, author, visibility, status, state },
    ...{ text: format === 'text' ? text : null, html: format === 'html' ? text : null, attachments: [...files] },
    ...{ send_at: scheduled.sendAt, unless_answered: scheduled.unlessAnswered },
    problem: problem && answerError(errors, problem).body,
    changeable: author.id === actor.user.id,
  }
}
