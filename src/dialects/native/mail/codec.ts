import type { Tenant } from '../../../core/catalogue/tenant.ts'
import type { Explanation, MailState, ReceivedMail } from '../../../core/mail/intake/received.ts'
import { namesOf } from '../names.ts'
import type { ExplanationAnswer, MailAnswer, MailCountsAnswer } from './schema.ts'

export function encodeMail(tenant: Tenant, mail: ReceivedMail): MailAnswer {
  const { id, state, reason, size, recipient, sender, subject, authentication, deskId } = mail
  return {
    ...{ id, state, reason, size, recipient, sender, subject, authentication },
    received_at: mail.receivedAt,
    decided_at: mail.decidedAt,
    desk: deskId === null ? null : namesOf(tenant).desk(deskId),
    ticket: mail.ticketId,
    message: mail.messageId,
    from: { address: mail.fromAddress, name: mail.fromName },
  }
}

export function encodeCounts(counts: Readonly<Record<MailState, number>>): MailCountsAnswer {
  const received = Object.values(counts).reduce((sum, count) => sum + count, 0)
  return { received, ...counts }
}

const COPY = 'copy_of: '

export function encodeExplanation(
  tenant: Tenant,
  { explanation, ...mail }: ReceivedMail & { readonly explanation: Explanation | null },
): ExplanationAnswer {
  const { recipients = [], writer = null, considered = [], doubts = [], remarks = [] } = explanation ?? {}
  return {
    mail: encodeMail(tenant, mail),
    recipients: recipients.map(({ address, deskId }) => ({ address, desk: deskId })),
    writer: writer && { address: writer.address, name: writer.name, by: writer.by },
    kind: explanation?.kind ?? 'unknown',
    kind_reasons: [...(explanation?.kindReasons ?? [])],
    candidates: considered.map(({ rule, value, verdict, relation, ticket }) => {
      const { id, integer, number, title, status } = ticket
      return { rule, value, verdict, relation, ticket: { id, integer, number, title, status } }
    }),
    doubts: [...doubts],
    remarks: remarks.filter((each) => !each.startsWith(COPY)),
    copy_of: remarks.find((each) => each.startsWith(COPY))?.slice(COPY.length) ?? null,
  }
}
