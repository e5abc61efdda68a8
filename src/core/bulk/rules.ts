import { refuse, refuseField } from '../errors.ts'
import { type Actor, demandTenantWide } from '../identity/actor.ts'
import { BULK_FIELDS, type BulkChange, type BulkJob } from './job.ts'

/** Whose jobs an actor sees, cancels and takes back: null for those of everybody. @throws Refusal `forbidden` */
export function readerOf(actor: Actor): string | null {
  demandTenantWide(actor, 'ticket.bulk')
  return actor.user.isOwner && actor.credential.deskId === null ? null : actor.user.id
}

/** @throws Refusal `invalid` (path `change`) where a change changes nothing. */
export function demandSome(change: BulkChange): void {
  const isSome = BULK_FIELDS.some((field) => {
    const value = change[field]
    // A list of tags or a set of fields may be empty; so is null, which empties.
    return value !== undefined && !(typeof value === 'object' && value !== null && Object.keys(value).length === 0)
  })
  if (!isSome) refuseField(['change'], 'required', 'Nothing is to be changed.')
}

/** @throws Refusal `conflict` unless a job can be taken back. */
export function demandUndoable(job: BulkJob, undoneBy: BulkJob | null): void {
  if (job.undoes !== null) refuse({ code: 'conflict', message: 'What takes a job back is not taken back itself.' })
  if (job.state === 'running') refuse({ code: 'conflict', message: 'The job is under way. Cancel it first.' })
  if (job.undoneBy !== null && undoneBy?.state !== 'cancelled')
    refuse({ code: 'conflict', message: `The job was taken back already, by the job ${job.undoneBy}.` })
}
