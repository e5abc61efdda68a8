/**
 * Undoes `format=flowed` (RFC 3676): lines that end in a blank go on with the next one of the same depth of quotes. An
 * empty line and the signature's mark stand by themselves, also behind a line that would go on. What the writer began with
 * a > of their own keeps the blank before it, by which it is told from a quote.
 */
export function unflowed(text: string, deletesBlank: boolean): string {
  const written: string[] = []
  let open: string[] = []
  let openDepth = 0
  const close = (): void => {
    if (open.length > 0) written.push(lineOf(openDepth, joined(open)))
    open = []
  }
  for (const line of text.split(/\r\n|\n|\r/)) {
    const depth = /^>*/.exec(line)?.[0].length ?? 0
    const said = line.slice(depth).replace(/^ /, '')
    const isFlowed = said.endsWith(' ') && said !== SIGNATURE
    if (depth !== openDepth || said === '' || said === SIGNATURE) close()
    openDepth = depth
    open.push(isFlowed && deletesBlank ? said.slice(0, -1) : said)
    if (!isFlowed) close()
  }
  close()
  return written.join('\n')
}

const SIGNATURE = '-- '

/** The blank that says that a line goes on is none of its words where it does not. */
function joined(pieces: readonly string[]): string {
  const said = pieces.join('')
  return said === SIGNATURE ? said : said.replace(/ $/, '')
}

function lineOf(depth: number, said: string): string {
  if (depth > 0) return said === '' ? '>'.repeat(depth) : `${'>'.repeat(depth)} ${said}`
  return said.startsWith('>') ? ` ${said}` : said
}
