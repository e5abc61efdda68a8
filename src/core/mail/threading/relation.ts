import type { Relation } from './decide.ts'

/** Domains of which everybody may have an address: two people of these are no colleagues. */
const PUBLIC_DOMAINS: ReadonlySet<string> = new Set([
  ...['gmail.com', 'googlemail.com', 'outlook.com', 'hotmail.com', 'live.com', 'msn.com', 'yahoo.com', 'ymail.com'],
  ...['icloud.com', 'me.com', 'mac.com', 'aol.com', 'proton.me', 'protonmail.com', 'gmx.de', 'gmx.net', 'gmx.at'],
  ...['gmx.ch', 'gmx.com', 'web.de', 't-online.de', 'freenet.de', 'posteo.de', 'mailbox.org', 'mail.com', 'mail.ru'],
  ...['yandex.ru', 'orange.fr', 'free.fr', 'laposte.net', 'libero.it', 'ziggo.nl', 'kpnmail.nl', 'qq.com', '163.com'],
  ...['naver.com', 'hotmail.de', 'hotmail.fr', 'hotmail.co.uk', 'yahoo.de', 'yahoo.fr', 'yahoo.co.uk', 'yahoo.co.jp'],
  ...['outlook.de', 'outlook.fr', 'live.de', 'fastmail.com', 'zoho.com', 'tutanota.com', 'bluewin.ch', 'a1.net'],
])

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase()

/** Whether two people are of one organisation, as far as their addresses tell it. */
export function areColleagues(one: string, other: string): boolean {
  const domain = domainOf(one)
  return domain !== '' && domain === domainOf(other) && !PUBLIC_DOMAINS.has(domain)
}

/** What is known of a writer and a ticket. */
export interface Standing {
  readonly isProven: boolean
  /** Whether they work on the desk of the ticket, and it is sure that it is they. */
  readonly isAgent: boolean
  readonly isRequester: boolean
  readonly isParticipant: boolean
  readonly address: string
  readonly requesterEmail: string | null
}

export function relationOf(standing: Standing): Relation {
  if (standing.isAgent) return 'agent'
  if (standing.isRequester) return 'requester'
  if (standing.isProven) return 'token'
  if (standing.isParticipant) return 'participant'
  return standing.requesterEmail !== null && areColleagues(standing.address, standing.requesterEmail)
    ? 'colleague'
    : 'stranger'
}
