import { useQuery } from '@tanstack/react-query'
import { all } from '../../../sdk/pages.ts'
import { askAgain } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { collect } from '../api/collect.ts'
import { keys } from '../api/keys.ts'
import type { Words } from '../i18n/en.ts'
import { PRIORITIES, STATUSES } from '../tickets/change.ts'
import type { CatalogueList } from './lists.ts'

/** A record as its line shows it. */
export interface Listed {
  readonly id: string
  readonly name: string
  readonly active: boolean
  /** What it has beside its name, as the API says it: the status of a label, the word of a channel. */
  readonly own?: string
  /** Whether it is the one that is taken where none is named. */
  readonly isDefault?: boolean
  /** Of a desk: where it gets mail. */
  readonly addresses?: readonly string[]
}

/** What may be changed of a record. */
export type Change = { readonly name: string; readonly own?: string } | { readonly active: boolean }

/** One list of the catalogue: how it is read, and how it grows and changes. */
export interface RecordList {
  readonly id: ListId
  readonly read: () => Promise<readonly Listed[]>
  readonly add: (name: string, own: string) => Promise<unknown>
  readonly change: (id: string, change: Change) => Promise<unknown>
  /** What a new record has beside its name: one of some words, or a word of one's own. */
  readonly own?: readonly string[] | 'word'
  /** Whether that may be changed later on. */
  readonly isOwnChanged?: true
  /** How a word of the API is told. */
  readonly say?: (own: string, words: Words) => string
}

export type ListId = 'desks' | 'groups' | CatalogueList

const WHOLE = { query: { limit: '200' } }
/** NetGroot's callers choose topics by themselves: those that are offered there. */
const OFFERED = ['nobody', 'netgroot'] as const

const offersOf = (own: string): ['netgroot'] | [] => (own === 'netgroot' ? ['netgroot'] : [])

/** One of some words. @throws Error for another, which no list offers. */
function wordOf<Word extends string>(words: readonly Word[], word: string): Word {
  const found = words.find((each) => each === word)
  if (found === undefined) throw new Error(`${word} is none of ${words.join(', ')}.`)
  return found
}

export const RECORD_LISTS: Readonly<Record<ListId, RecordList>> = {
  desks: {
    id: 'desks',
    read: async () =>
      (await collect(all(client, 'listDesks', WHOLE))).map((desk) => ({ ...desk, isDefault: desk.default })),
    add: (name) => client.call('createDesk', { body: { name } }),
    change: (id, body) => client.call('changeDesk', { params: { id }, body }),
  },
  groups: {
    id: 'groups',
    read: () => collect(all(client, 'listGroups', WHOLE)),
    add: (name) => client.call('createGroup', { body: { name } }),
    change: (id, body) => client.call('changeGroup', { params: { id }, body }),
  },
  topics: {
    id: 'topics',
    read: async () =>
      (await collect(all(client, 'listTopics', WHOLE))).map(({ id, offered_in, ...topic }) => ({
        ...topic,
        id: String(id),
        own: offered_in.length > 0 ? 'netgroot' : 'nobody',
      })),
    add: (name, own) => client.call('createTopic', { body: { name, offered_in: offersOf(own) } }),
    change: (id, change) => {
      const { own, ...rest } = { own: undefined, ...change }
      const body = { ...rest, ...(own !== undefined && { offered_in: offersOf(own) }) }
      return client.call('changeTopic', { params: { id }, body })
    },
    own: OFFERED,
    isOwnChanged: true,
    say: (own, { catalogue }) => catalogue.offered[wordOf(OFFERED, own)],
  },
  types: {
    id: 'types',
    read: async () => (await collect(all(client, 'listTypes', WHOLE))).map(byText),
    add: (name) => client.call('createType', { body: { name } }),
    change: (id, body) => client.call('changeType', { params: { id }, body }),
  },
  forms: {
    id: 'forms',
    read: async () => (await collect(all(client, 'listForms', WHOLE))).map(byText),
    add: (name) => client.call('createForm', { body: { name } }),
    change: (id, body) => client.call('changeForm', { params: { id }, body }),
  },
  status_labels: {
    id: 'status_labels',
    read: async () =>
      (await collect(all(client, 'listStatusLabels', WHOLE))).map((label) => ({ ...byText(label), own: label.status })),
    add: (name, own) => client.call('createStatusLabel', { body: { name, status: wordOf(STATUSES, own) } }),
    change: (id, body) => client.call('changeStatusLabel', { params: { id }, body }),
    own: STATUSES,
    say: (own, { statuses }) => statuses[wordOf(STATUSES, own)],
  },
  priority_labels: {
    id: 'priority_labels',
    read: async () =>
      (await collect(all(client, 'listPriorityLabels', WHOLE))).map((label) => ({
        ...byText(label),
        own: label.priority,
      })),
    add: (name, own) => client.call('createPriorityLabel', { body: { name, priority: wordOf(PRIORITIES, own) } }),
    change: (id, body) => client.call('changePriorityLabel', { params: { id }, body }),
    own: PRIORITIES,
    say: (own, { priorities }) => priorities[wordOf(PRIORITIES, own)],
  },
  channels: {
    id: 'channels',
    read: async () =>
      (await collect(all(client, 'listChannels', WHOLE))).map((channel) => ({ ...byText(channel), own: channel.kind })),
    add: (name, own) => client.call('createChannel', { body: { name, kind: own } }),
    change: (id, body) => client.call('changeChannel', { params: { id }, body }),
    own: 'word',
    say: (own) => own,
  },
}

function byText({
  id,
  name,
  active,
}: {
  readonly id: number
  readonly name: string
  readonly active: boolean
}): Listed {
  return { id: String(id), name, active }
}

export function useRecords({ id, read }: RecordList) {
  return useQuery({ queryKey: keys.records(id), queryFn: read })
}

/** Reads anew what shows records: also who is here, who is told of the desks. */
export async function readRecordsAnew(): Promise<void> {
  await Promise.all([keys.catalogue, keys.me].map((queryKey) => askAgain(queryKey)))
}
