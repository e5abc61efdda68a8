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

const netgroot = ['netgroot']
const spacebring = ['spacebring']

export const CATALOGUE_DEFAULTS: CatalogueDefaults = {
  topics: [
    { id: 1, name: 'Technical Support', offered_in: netgroot, word: null },
    { id: 2, name: 'Billing Issue', offered_in: netgroot, word: null },
    { id: 3, name: 'General Enquiry', offered_in: netgroot, word: null },
    { id: 4, name: 'Access', offered_in: spacebring, word: 'access' },
    { id: 5, name: 'Account and Billing', offered_in: spacebring, word: 'accountAndBilling' },
    { id: 6, name: 'Bookings', offered_in: spacebring, word: 'bookings' },
    { id: 7, name: 'Cleaning', offered_in: spacebring, word: 'cleaning' },
    { id: 8, name: 'Discrimination and Harassment', offered_in: spacebring, word: 'discriminationAndHarassment' },
    { id: 9, name: 'Internet', offered_in: spacebring, word: 'internet' },
    { id: 10, name: 'Mail and Packages', offered_in: spacebring, word: 'mailAndPackages' },
    { id: 11, name: 'Noise and Acoustics', offered_in: spacebring, word: 'noiseAndAcoustics' },
    {
      id: 12,
      name: 'Offensive or Objectionable Content',
      offered_in: spacebring,
      word: 'offensiveOrObjectionableContent',
    },
    { id: 13, name: 'Other', offered_in: spacebring, word: 'other' },
    { id: 14, name: 'Printing', offered_in: spacebring, word: 'printing' },
    { id: 15, name: 'Repair and Maintenance', offered_in: spacebring, word: 'repairAndMaintenance' },
    { id: 16, name: 'Temperature and Ventilation', offered_in: spacebring, word: 'temperatureAndVentilation' },
    { id: 17, name: 'Website and App', offered_in: spacebring, word: 'websiteAndApp' },
  ],
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
