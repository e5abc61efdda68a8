import type { Readable } from 'node:stream'
import { errorCode, StoreUnavailable } from './failures.ts'

/** Where a file is kept: made of ids alone, so that no name that a user chose ever becomes a path. */
export interface FileKey {
  readonly tenantId: string
  readonly id: string
}

/** A file that came in and is not kept yet: bytes on this computer's disk, gone when it is discarded. */
export interface ReceivedFile {
  readonly path: string
  readonly size: number
  /** SHA-256 of its bytes, in hexadecimal. */
  readonly sha256: string
  /** Its first bytes, by which its kind is told. */
  readonly head: Uint8Array
}

/** Where files stay. Two of these exist: a folder of this computer, and any store that speaks S3. */
export interface FileStore {
  /** Keeps a received file under a key. The bytes are durable when this returns. @throws StoreUnavailable */
  keep(key: FileKey, file: ReceivedFile): Promise<void>
  /**
   * Keeps the bytes of a file once more, for the same tenant under another id, durable as those of `keep`.
   *
   * @returns whether there was such a file. @throws StoreUnavailable
   */
  copy(key: FileKey, id: string): Promise<boolean>
  /** The bytes, or null when there are none. @throws StoreUnavailable */
  open(key: FileKey): Promise<Readable | null>
  /** Forgets files; one that is not there is no failure. @throws StoreUnavailable */
  remove(keys: readonly FileKey[]): Promise<void>
  /** All files of a tenant whose names are ids, with the time since when they are there. @throws StoreUnavailable */
  list(tenantId: string): AsyncIterable<{ readonly id: string; readonly since: Date }>
}

/** Where files are while they come in. */
export interface Inbox {
  /** Streams bytes to disk; whatever goes wrong, nothing is left behind. @throws StoreUnavailable when the disk is full */
  receive(bytes: AsyncIterable<Uint8Array>): Promise<ReceivedFile>
  discard(file: ReceivedFile): Promise<void>
  /** Removes what a process that died left behind before a time. */
  sweep(before: Date): Promise<void>
}

/** What is taken at the most. */
export interface FileLimits {
  /** Bytes of one file. */
  readonly fileBytes: number
  /** Bytes of all files of one message. */
  readonly messageBytes: number
  /** The only media types that are taken, `image/*` for all of a kind; empty for any. */
  readonly mediaTypes: readonly string[]
  /** What one person may have of files that no message has. */
  readonly unused: { readonly files: number; readonly bytes: number }
}

/** All that the core needs of files. */
export interface Files {
  readonly store: FileStore
  readonly inbox: Inbox
  readonly limits: FileLimits
}

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Whether a file may have this name. What is named otherwise is not ours. */
export function isFileId(name: string): boolean {
  return ID.test(name)
}

/** The key as two parts of a path. @throws Error for what is no id: nothing else may reach a disk. */
export function partsOf({ tenantId, id }: FileKey): readonly [string, string] {
  if (!isFileId(tenantId) || !isFileId(id)) throw new Error('A file is kept under ids only.')
  return [tenantId, id]
}

/** Failures of a disk that say "not now" and nothing about the file. */
const UNAVAILABLE = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE'])

/** A failure of the disk as what callers know: a store that is full or away. */
export function asUnavailable(error: unknown): unknown {
  return UNAVAILABLE.has(errorCode(error) ?? '') ? new StoreUnavailable(error) : error
}
