/** What of one mail is read at the most. What is beyond stays in the raw mail, and a doubt tells of it. */
export interface ReadingBounds {
  readonly headers: number
  /** Bytes of the headers of one part. */
  readonly headerBytes: number
  readonly parts: number
  /** Parts within parts, and mails within mails. */
  readonly depth: number
  readonly enclosedDepth: number
  /** People in one header. */
  readonly people: number
  /** Ids in one header. */
  readonly ids: number
  /** Characters of one text; a longer one becomes a file. */
  readonly textCharacters: number
  /** Characters of HTML that become plain text by all rules; of a longer one the words between the tags do. */
  readonly htmlCharacters: number
  readonly files: number
}

export const READING_BOUNDS: ReadingBounds = {
  headers: 2_000,
  headerBytes: 1_048_576,
  parts: 1_000,
  depth: 40,
  enclosedDepth: 3,
  people: 1_000,
  ids: 1_000,
  textCharacters: 4_194_304,
  htmlCharacters: 524_288,
  files: 500,
}
