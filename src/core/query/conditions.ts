import type { Sought } from '../search/words.ts'
import type { Priority, Status } from '../words.ts'
import type { Comparison } from './query.ts'

/** What is asked of a field of the tenant's own. */
export interface OwnCondition {
  readonly key: string
  /** Whether tickets hold a list, of which one has to be it. */
  readonly isList: boolean
  readonly isNot: boolean
  readonly comparison: Comparison
  /** One of which has to hold; null is nothing at all. */
  readonly values: readonly (string | number | boolean | null)[]
}

/** What a query asks of tickets, in ids: all of it has to hold. Absent means anything. */
export interface Conditions {
  readonly statuses?: readonly Status[]
  readonly priorities?: readonly Priority[]
  readonly deskIds?: readonly string[]
  /** Among these, null is none. */
  readonly groupIds?: readonly (string | null)[]
  readonly topicIds?: readonly (number | null)[]
  readonly typeIds?: readonly (number | null)[]
  readonly channelIds?: readonly number[]
  readonly assigneeIds?: readonly (string | null)[]
  readonly notAssigneeIds?: readonly (string | null)[]
  readonly requesterIds?: readonly (string | null)[]
  readonly notRequesterIds?: readonly (string | null)[]
  /** Of each list one has to be there. */
  readonly tags?: readonly (readonly string[])[]
  readonly notTags?: readonly string[]
  readonly references?: readonly string[]
  readonly numbers?: readonly number[]
  readonly createdFrom?: string
  readonly createdBefore?: string
  readonly updatedFrom?: string
  readonly updatedBefore?: string
  /** Whether there is one: which of both will do. */
  readonly attachment?: readonly boolean[]
  readonly parent?: readonly boolean[]
  readonly child?: readonly boolean[]
  readonly link?: readonly boolean[]
  readonly unread?: readonly boolean[]
  readonly waiting?: readonly boolean[]
  /** Each of them has to hold. */
  readonly own?: readonly OwnCondition[]
  readonly snoozed?: readonly boolean[]
  readonly words?: readonly Sought[]
  /** None of these may be there. */
  readonly notWords?: readonly Sought[]
}
