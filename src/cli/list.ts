import type { Instant } from '../core/instant.ts'

/** What a list shows of one thing: by the header of its column, the text; nothing is an empty text. */
export type Line = Readonly<Record<string, string | number | boolean | null | readonly string[]>>

/** What the option of every list says. */
export const AS_JSON = 'as one JSON array, for programs'

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** How long before a time another one was, in the largest unit that it fills. */
export function age(then: Instant, now: Instant): string {
  const passed = Date.parse(now) - Date.parse(then)
  const unit = UNITS.find(([, milliseconds]) => passed >= milliseconds)
  if (unit === undefined) return 'just now'
  const count = Math.floor(passed / unit[1])
  return `${count} ${unit[0]}${count === 1 ? '' : 's'} ago`
}

/** Two columns are this far apart. */
const GAP = '  '

/**
 * Prints a list: for people in columns under headers, or for programs as one JSON array.
 *
 * @param headers the columns in their order; also the keys of the JSON objects.
 */
export function printList<const H extends readonly string[]>(
  headers: H,
  lines: readonly { readonly [header in H[number]]: Line[string] }[],
  { json }: { readonly json?: true },
): void {
  console.log(json ? JSON.stringify(lines, null, 2) : columns(headers, lines))
}

function columns(headers: readonly string[], lines: readonly Line[]): string {
  const rows = [
    headers.map((header) => header.toUpperCase()),
    ...lines.map((line) => headers.map((each) => shown(line[each]))),
  ]
  const widths = headers.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join(GAP)
        .trimEnd(),
    )
    .join('\n')
}

function shown(value: Line[string] | undefined): string {
  if (Array.isArray(value)) return value.join(',')
  // A name with a line end must not look like two lines, nor colour the terminal.
  return String(value ?? '').replaceAll(/\p{Cc}/gu, ' ')
}
