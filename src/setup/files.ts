import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { Files } from '../storage/files.ts'
import { openDiskFiles } from '../storage/files-disk.ts'
import { openInbox } from '../storage/files-inbox.ts'
import { openS3Files } from '../storage/files-s3.ts'
import { ENDLESS_SPACE, type Space } from '../storage/space/space.ts'

/** Where attachments are below the data directory. */
export const KEPT_FILES = join('files', 'kept')

/** Attachments are below the data directory, or in an S3-compatible store; they come in by the data directory either way. */
export function filesOf(config: Config, space: Space = ENDLESS_SPACE): Files {
  return {
    store: config.s3 ? openS3Files(config.s3) : openDiskFiles(join(config.dataDir, KEPT_FILES)),
    inbox: openInbox(join(config.dataDir, 'files', 'incoming'), space),
    limits: {
      fileBytes: config.fileBytes,
      messageBytes: config.messageBytes,
      mediaTypes: config.fileTypes,
      unused: config.unusedFiles,
    },
  }
}
