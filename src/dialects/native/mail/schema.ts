import { type Static, Type } from 'typebox'
import { MAIL_REASONS, MAIL_STATES, type MailState } from '../../../core/mail/intake/received.ts'
import { AUTHENTICATIONS } from '../../../core/mail/threading/authentication.ts'
import { RELATIONS, RULES, VERDICTS } from '../../../core/mail/threading/decide.ts'
import { STATUSES } from '../../../core/words.ts'
import { DeskName } from '../names.ts'
import { pageParameters } from '../paging.ts'
import { closed, id, instant, instantOrNull, objectOrNull, textOrNull, word } from '../shapes.ts'

const state = word(
  MAIL_STATES,
  'What became of it: waits to be read, created a ticket, joined one, was automatic, is held for somebody to look at, or was discarded by a rule.',
)

const idOrNull = (description: string) => Type.Unsafe<string | null>({ type: ['string', 'null'], description })

const mail = {
  id,
  state,
  reason: word(MAIL_REASONS, 'Why it is in this state.'),
  received_at: instant,
  decided_at: instantOrNull,
  size: Type.Integer({ description: 'In bytes.' }),
  recipient: idOrNull('For whom it was by the envelope; null where that was not told.'),
  sender: idOrNull('From whom it was by the envelope; empty for mail that wants no answer.'),
  desk: objectOrNull(DeskName.properties),
  ticket: idOrNull('UUID of its ticket.'),
  message: idOrNull('UUID of what it says on the ticket.'),
  from: closed({ address: Type.String(), name: Type.String() }),
  subject: Type.String(),
  authentication: word(
    AUTHENTICATIONS,
    "Whether it is from whom it says, as far as the operator's own mail server tells: nobody acts as staff unless verified.",
  ),
}

export const MailAnswer = closed(mail)
export type MailAnswer = Static<typeof MailAnswer>

/** What is kept is not read yet: what becomes of it is told by `getMail`. */
export const HandedOverAnswer = closed({ id })

const count = (of: string) => Type.Integer({ description: `How many ${of}.` })
const WAITING: Readonly<Record<MailState, string>> = {
  waiting: 'wait to be read',
  created: 'made a ticket',
  joined: 'joined one',
  automatic: 'were said by machines',
  held: 'are held for somebody to look at',
  discarded: 'were discarded by a rule',
}
export const MailCountsAnswer = closed({
  received: count('came: the sum of all others'),
  waiting: count(WAITING.waiting),
  created: count(WAITING.created),
  joined: count(WAITING.joined),
  automatic: count(WAITING.automatic),
  held: count(WAITING.held),
  discarded: count(WAITING.discarded),
})
export type MailCountsAnswer = Static<typeof MailCountsAnswer>

export const MailListAnswer = closed({
  data: Type.Array(MailAnswer),
  next: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'Cursor of the next page; null: none.' }),
})

const candidate = closed({
  rule: word(RULES, 'By what the mail leads to it.'),
  value: Type.String({ description: 'The id, number or tag that does.' }),
  verdict: word(VERDICTS, 'Whether the mail joins it, or why not.'),
  relation: word(RELATIONS, 'What who wrote the mail was to it.'),
  ticket: closed({
    id,
    integer: Type.Integer(),
    number: Type.Integer(),
    title: Type.String(),
    status: word(STATUSES, 'As it was then.'),
  }),
})

export const ExplanationAnswer = closed({
  mail: MailAnswer,
  recipients: Type.Array(closed({ address: Type.String(), desk: idOrNull('UUID of the desk that has it.') }), {
    description: 'The addresses by which its desk was looked for.',
  }),
  writer: objectOrNull({
    address: Type.String(),
    name: Type.String(),
    by: Type.String({ description: 'The header that tells it.' }),
  }),
  kind: Type.String({ description: 'What it is: personal, list, automatic, bounce, receipt or report.' }),
  kind_reasons: Type.Array(Type.String()),
  candidates: Type.Array(candidate, { description: 'Every ticket to which something of it led, the surest first.' }),
  doubts: Type.Array(Type.String(), { description: 'What was not as it should be in it.' }),
  remarks: Type.Array(Type.String(), { description: 'What else there is to say of the decision.' }),
  copy_of: textOrNull,
})
export type ExplanationAnswer = Static<typeof ExplanationAnswer>

export const MailParams = closed({ id: Type.String() })

export const MailQuery = closed({
  ...pageParameters,
  state: Type.Optional(state),
  ticket: Type.Optional(Type.String({ description: 'UUID or integer of a ticket: the mail that it was made of.' })),
})

const address = (description: string) => Type.Optional(Type.String({ maxLength: 320, description }))
export const HandOverQuery = closed({
  recipient: address('For whom it is by the envelope (RCPT TO): one of several, if it is for several.'),
  sender: address('From whom it is by the envelope (MAIL FROM); empty for mail that wants no answer.'),
})

export const RawMail = Type.Unsafe<unknown>({
  contentMediaType: 'message/rfc822',
  description: 'The mail as it came, byte for byte.',
})

export const FileMailBody = closed({
  ticket: Type.Optional(
    Type.String({ description: 'UUID or integer of the ticket that it is about; a new one by default.' }),
  ),
  desk: Type.Optional(Type.String({ format: 'uuid', description: 'Of a new ticket: that of the mail by default.' })),
})
