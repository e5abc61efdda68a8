import { Link } from '@tanstack/react-router'
import { Button, ProgressBar } from 'react-aria-components'
import type { Job, JobResult } from '../../../sdk/operations.ts'
import { useWords } from '../i18n/words.ts'
import { cancelJob, dismissJob, undoJob, useJob, useRefusals } from './jobs.ts'

/** How far the latest change of many tickets is, what came of it, and how to take it back. */
export function JobStatus() {
  const words = useWords()
  const job = useJob()
  if (job === null) return null
  const { state, done, total } = job
  const isUnderWay = state === 'running'
  const isUndoable = job.changed > 0 && job.undoes === null && job.undone_by === null
  return (
    <section className="bulk" aria-label={words.bulk.job}>
      <p role="status">{isUnderWay ? words.bulk.underWay(done, total) : <Summary job={job} />}</p>
      {isUnderWay && (
        <ProgressBar className="bulk-progress" aria-label={words.bulk.job} value={total > 0 ? (done / total) * 100 : 0}>
          <progress value={total > 0 ? done / total : 0} aria-hidden="true" />
        </ProgressBar>
      )}
      {!isUnderWay && job.refused > 0 && <Refusals job={job} />}
      <div className="bulk-actions">
        {isUnderWay && (
          <Button className="button small" onPress={() => void cancelJob(job)}>
            {words.bulk.cancel}
          </Button>
        )}
        {!isUnderWay && isUndoable && (
          <Button className="button small" onPress={() => void undoJob(job)}>
            {words.bulk.undo}
          </Button>
        )}
        {!isUnderWay && (
          <Button className="button small quiet" onPress={dismissJob}>
            {words.bulk.clear}
          </Button>
        )}
      </div>
    </section>
  )
}

function Summary({ job }: { readonly job: Job }) {
  const words = useWords()
  const { changed, unchanged, refused, undoes, state, done, total } = job
  return [
    undoes === null ? words.bulk.changed(changed) : words.bulk.undone(changed),
    ...(unchanged > 0 ? [words.bulk.unchanged(unchanged)] : []),
    ...(refused > 0 ? [words.bulk.refusals(refused)] : []),
    ...(state === 'cancelled' ? [words.bulk.cancelled(total - done)] : []),
  ].join(' · ')
}

function Refusals({ job }: { readonly job: Job }) {
  const words = useWords()
  const { data = [] } = useRefusals(job)
  return (
    <ul className="refusals" aria-label={words.bulk.refusals(job.refused)}>
      {data.map((result) => (
        <li key={result.ticket}>
          {result.number === null ? (
            words.bulk.unseen
          ) : (
            <Link
              to="/tickets/$ticketId"
              params={{ ticketId: result.ticket }}
              search={{ view: 'all' }}
              className="text"
            >
              {`#${result.number} ${result.title ?? ''}`}
            </Link>
          )}{' '}
          <span className="field-error">{whyOf(result)}</span>
        </li>
      ))}
      {job.refused > data.length && data.length > 0 && <li>{words.bulk.more(job.refused - data.length)}</li>}
    </ul>
  )
}

/** Why a ticket was not changed, as the server says it. */
function whyOf({ problem }: JobResult): string {
  if (problem === null) return ''
  const { title, detail, errors = [] } = problem
  return errors.map(({ message }) => message).join(' ') || detail || title
}
