/** As much of Markdown as the tests of our documents need. */

/** A table: the heading it stands under, the names of its columns, and the cells of each row, as written. */
export interface Table {
  readonly heading: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** A fenced block of code, with what stands behind the fence. */
export interface Block {
  readonly info: string
  readonly text: string
}

const FENCED = /^```([^\n]*)\n([\s\S]*?)^```[^\S\n]*$/gm

/** The fenced blocks of a document, in its order. */
export function blocksIn(document: string): readonly Block[] {
  return [...document.matchAll(FENCED)].map(([, info = '', text = '']) => ({ info: info.trim(), text }))
}

/** A document without its fenced blocks. */
export function proseOf(document: string): string {
  return document.replace(FENCED, '')
}

/** The tables of a document, in its order. */
export function tablesIn(document: string): readonly Table[] {
  const tables: Table[] = []
  let heading = ''
  let lines: string[] = []
  for (const line of [...proseOf(document).split('\n'), '']) {
    if (line.startsWith('|')) {
      lines.push(line)
      continue
    }
    const [header, , ...rows] = lines.map(cellsOf)
    if (header) tables.push({ heading, columns: header, rows })
    lines = []
    heading = /^#+ +(.*?) *$/.exec(line)?.[1] ?? heading
  }
  return tables
}

function cellsOf(line: string): readonly string[] {
  return line
    .replace(/^\||\| *$/g, '')
    .split('|')
    .map((cell) => cell.trim())
}

/** What a piece of prose sets in code, in its order. */
export function codeIn(prose: string): readonly string[] {
  return [...prose.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
}

/** Where the links of a document lead, as written; images too. */
export function linksIn(document: string): readonly string[] {
  return [...proseOf(document).matchAll(/\]\(<?([^)\s>]+)>?[^)]*\)/g)].map(([, target = '']) => target)
}

/** The anchors that a document's headings make, as GitHub names them. */
export function anchorsIn(document: string): ReadonlySet<string> {
  const headings = [...proseOf(document).matchAll(/^#+ +(.*?) *$/gm)].map(([, heading = '']) => heading)
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}
