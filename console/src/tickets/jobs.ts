import { useQuery } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import type { CreateJobBody, Job } from '../../../sdk/operations.ts'
import { cache } from '../api/cache.ts'
import { client } from '../api/client.ts'
import { keys } from '../api/keys.ts'
import { whyOf } from '../api/why.ts'
import { wordsNow } from '../i18n/words.ts'
import { notify } from '../shell/notices.ts'

/** How often a job that is under way is looked at, in case the feed tells nothing, in milliseconds. */
const LOOK_MS = 2_000
/** As many refusals are shown. */
const MOST_REFUSALS = 200

const KEPT = 'job'

/** The job that is told of: it is known again after the page was loaded anew. */
let shown: string | null = sessionStorage.getItem(KEPT)
let isBeginning = false
const listeners = new Set<() => void>()

function show(job: Job | null): void {
  shown = job?.id ?? null
  if (job === null) sessionStorage.removeItem(KEPT)
  else {
    sessionStorage.setItem(KEPT, job.id)
    cache.setQueryData(keys.job(job.id), job)
  }
  for (const listener of listeners) listener()
}

const useShown = (): string | null =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => shown,
  )

/** The job that is told of, as far as it is. */
export function useJob(): Job | null {
  const id = useShown()
  const { data } = useQuery({
    queryKey: keys.job(id ?? ''),
    enabled: id !== null,
    queryFn: () => client.call('getJob', { params: { id: id ?? '' } }),
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? LOOK_MS : false),
  })
  return id === null ? null : (data ?? null)
}

/** Which tickets a job could not change, and why. */
export function useRefusals({ id, refused, state }: Job) {
  return useQuery({
    queryKey: keys.refusals(id),
    enabled: refused > 0 && state !== 'running',
    queryFn: async () => {
      const query = { outcome: 'refused', limit: String(MOST_REFUSALS) } as const
      return (await client.call('listJobResults', { params: { id }, query })).data
    },
  })
}

/** Begins a job, and tells of it from then on. @returns whether it could */
export async function beginJob(body: CreateJobBody): Promise<boolean> {
  // A second press is not a second job.
  if (isBeginning) return false
  isBeginning = true
  try {
    show(await client.call('createJob', { body }))
    return true
  } catch (error) {
    notify(`${wordsNow().bulk.notBegun} ${whyOf(error)}`)
    return false
  } finally {
    isBeginning = false
  }
}

/** Tells of a job that was begun elsewhere, from now on. */
export function followJob(job: Job): void {
  show(job)
}

/** Ends a job before its end. */
export async function cancelJob({ id }: Job): Promise<void> {
  try {
    show(await client.call('cancelJob', { params: { id } }))
  } catch (error) {
    notify(whyOf(error))
  }
}

/** Gives each ticket back what a job took from it. */
export async function undoJob({ id }: Job): Promise<void> {
  try {
    show(await client.call('undoJob', { params: { id } }))
  } catch (error) {
    notify(whyOf(error))
  }
}

/** Whether a job is told of that has come to its end. */
export function isJobOver(): boolean {
  const job = shown === null ? undefined : cache.getQueryData<Job>(keys.job(shown))
  return job !== undefined && job.state !== 'running'
}

/** Tells no more of the job, if it is over. */
export function dismissJob(): void {
  if (isJobOver()) show(null)
}
