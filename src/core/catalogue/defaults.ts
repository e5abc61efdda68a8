import type { Priority, Status } from '../words.ts'
import { CHANNEL } from './tenant.ts'

/**
 * The catalogue of a fresh tenant, with the ids it starts with. Editable afterwards; ids stay.
 *
 * Which dialects offer a topic, and by which word, is data of the catalogue: the core itself gives it no meaning.
 */
export interface CatalogueDefaults {
  readonly topics: readonly {
    readonly id: number
    readonly name: string
    readonly offered_in: readonly string[]
    readonly word: string | null
  }[]
  readonly types: readonly { readonly id: number; readonly name: string }[]
  readonly statusLabels: readonly { readonly id: number; readonly name: string; readonly status: Status }[]
  readonly priorityLabels: readonly { readonly id: number; readonly name: string; readonly priority: Priority }[]
  readonly channels: readonly {
    readonly id: number
    readonly kind: string
    readonly name: string
    readonly icon: string
  }[]
  readonly groups: readonly string[]
}

/** All of it but the topics, which dialects have. */
export const CATALOGUE_DEFAULTS: Omit<CatalogueDefaults, 'topics'> = {
  types: [
    { id: 1, name: 'Complaint' },
    { id: 2, name: 'Service Request' },
    { id: 3, name: 'Question' },
  ],
  statusLabels: [
    { id: 1, name: 'New', status: 'new' },
    { id: 2, name: 'In Progress', status: 'open' },
    { id: 3, name: 'On Hold', status: 'on_hold' },
    { id: 4, name: 'Resolved', status: 'solved' },
    { id: 5, name: 'Closed', status: 'closed' },
  ],
  priorityLabels: [
    { id: 1, name: 'Low', priority: 'low' },
    { id: 2, name: 'Medium', priority: 'normal' },
    { id: 3, name: 'High', priority: 'high' },
    { id: 4, name: 'Urgent', priority: 'urgent' },
  ],
  channels: [
    { id: CHANNEL.email, kind: 'email', name: 'e-mail', icon: 'e-mail' },
    { id: CHANNEL.telephone, kind: 'telephone', name: 'telephone', icon: 'telephone' },
    { id: CHANNEL.note, kind: 'note', name: 'note', icon: 'note' },
    { id: CHANNEL.chat, kind: 'chat', name: 'live chat', icon: 'chat' },
    { id: CHANNEL.facebook, kind: 'facebook', name: 'Facebook', icon: 'facebook' },
    { id: CHANNEL.twitter, kind: 'twitter', name: 'Twitter', icon: 'twitter' },
    { id: CHANNEL.sms, kind: 'sms', name: 'SMS', icon: 'sms' },
    { id: CHANNEL.whatsapp, kind: 'whatsapp', name: 'WhatsApp', icon: 'whatsapp' },
    { id: CHANNEL.api, kind: 'api', name: 'API', icon: 'chat' },
    { id: CHANNEL.web, kind: 'web', name: 'web', icon: 'web' },
  ],
  groups: ['Support', 'Billing'],
}
