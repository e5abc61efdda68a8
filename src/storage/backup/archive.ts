import { Type } from 'typebox'

/**
 * What a backup is: a tar archive, compressed by gzip. In this order:
 *
 * - `backup.json`: what it is of, so that a restore knows whether it can read it before it changes anything;
 * - `tables/NAME/N`: the rows of a table as PostgreSQL's COPY writes them as text, in parts of whole rows. All tables are
 *   of one moment;
 * - `files/TENANT/ID`: the attachments;
 * - `secret.key`: the secret key of the data directory, where it has one;
 * - `end.json`: how much there was, so that an archive which was cut off is known as such.
 */
export const FORMAT = 1

export const HEADER = 'backup.json'
export const END = 'end.json'
export const SECRET_KEY = 'secret.key'

const Table = Type.Object({ name: Type.String(), columns: Type.Array(Type.String()) })

export const Header = Type.Object({
  format: Type.Literal(FORMAT),
  polydesk: Type.String(),
  createdAt: Type.String(),
  /** PostgreSQL's version as a number, for instance 180004. */
  postgresql: Type.Integer(),
  /** Of the schema that the rows are of. */
  migrations: Type.Array(Type.String()),
  tables: Type.Array(Table),
  /** Whether attachments are in the archive; otherwise they are where they always were, in an S3-compatible store. */
  withFiles: Type.Boolean(),
})
export type Header = Type.Static<typeof Header>

export const End = Type.Object({
  tables: Type.Array(Type.Object({ name: Type.String(), bytes: Type.Integer(), sha256: Type.String() })),
  files: Type.Integer(),
})
export type End = Type.Static<typeof End>

/** A backup that cannot be made or used. The message says what to do. */
export class BackupError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BackupError'
  }
}

/** Every connection that reads or writes rows of a backup spells values the same way, whatever its server prefers. */
export const SPELLING = `set datestyle = 'ISO, MDY'; set intervalstyle = 'postgres'; set bytea_output = 'hex'; set extra_float_digits = 1`
