/** Bytes that were sent as others, and whether all of them were to be read. */
export interface Decoded {
  readonly bytes: Buffer
  readonly isWhole: boolean
}

/**
 * The bytes of a part (RFC 2045, 6), as many of them as can be read.
 *
 * @param encoding without comments, in any case.
 * @param text one character for each byte.
 */
export function decoded(text: string, encoding: string): Decoded {
  switch (encoding.trim().toLowerCase()) {
    case 'base64':
    case 'b':
      return fromBase64(text)
    case 'quoted-printable':
    case 'q':
      return fromQuotedPrintable(text)
    case 'x-uuencode':
    case 'x-uue':
    case 'uuencode':
      return fromUuencode(text)
    case '':
    case '7bit':
    case '8bit':
    case 'binary':
      return { bytes: Buffer.from(text, 'latin1'), isWhole: true }
    default:
      return { bytes: Buffer.from(text, 'latin1'), isWhole: false }
  }
}

/** Pieces of one text in base64, each with its own padding. */
const MOST_PIECES = 10_000

function fromBase64(text: string): Decoded {
  const letters = text.replace(/\s+/g, '')
  const known = letters.replace(/[^A-Za-z0-9+/=]+/g, '')
  // Some programs put pieces one after another, each with its own padding, at which decoders end.
  const pieces = known.split(/=+/, MOST_PIECES).map((piece) => Buffer.from(piece, 'base64'))
  return { bytes: Buffer.concat(pieces), isWhole: known.length === letters.length && !/^[^=]{4,}=+[^=]/.test(known) }
}

function fromQuotedPrintable(text: string): Decoded {
  // Blanks at the end of a line were put there on the way.
  const joined = text
    .split('\n')
    .map(withoutBlanks)
    .join('\n')
    .replace(/=(?:\r?\n|$)/g, '')
  const isWhole = !/=(?![0-9a-f]{2})/i.test(joined)
  const letters = joined.replace(/=([0-9a-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  )
  return { bytes: Buffer.from(letters, 'latin1'), isWhole }
}

function withoutBlanks(line: string): string {
  const isLineEnd = line.endsWith('\r')
  let end = isLineEnd ? line.length - 1 : line.length
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end--
  return line.slice(0, end) + (isLineEnd ? '\r' : '')
}

/** A file in a text, as programs put it before there was MIME. */
const UUENCODED =
  /^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,255})\r?\n([\s\S]*?)^(?:end|====)[ \t]*(?:\r?\n|$(?![\s\S]))/gm

function fromUuencode(text: string): Decoded {
  const [found] = text.matchAll(UUENCODED)
  return found ? uudecoded(found[2] ?? '') : { bytes: Buffer.from(text, 'latin1'), isWhole: false }
}

function uudecoded(body: string): Decoded {
  const pieces: Buffer[] = []
  let isWhole = true
  for (const line of body.split(/\r?\n/)) {
    if (line === '' || line === '`' || line === ' ') continue
    const length = (line.charCodeAt(0) - 32) & 63
    const letters = line.slice(1).padEnd(Math.ceil(length / 3) * 4, ' ')
    const bytes = Buffer.alloc(Math.floor(letters.length / 4) * 3)
    for (let at = 0; at + 4 <= letters.length; at += 4) {
      const [a = 0, b = 0, c = 0, d = 0] = [0, 1, 2, 3].map((nth) => (letters.charCodeAt(at + nth) - 32) & 63)
      bytes.set([(a << 2) | (b >> 4), ((b << 4) & 255) | (c >> 2), ((c << 6) & 255) | d], (at / 4) * 3)
    }
    isWhole &&= bytes.length >= length
    pieces.push(bytes.subarray(0, length))
  }
  return { bytes: Buffer.concat(pieces), isWhole }
}

/** Files within a text, and the text without them. */
export interface Unpacked {
  readonly text: string
  readonly files: readonly { readonly name: string; readonly bytes: Buffer }[]
}

/** Takes files out of a text that has them as letters. What only looks like one, and decodes badly, stays. */
export function unpacked(text: string): Unpacked {
  if (!/^begin [0-7]{3,4} /m.test(text)) return { text, files: [] }
  const files: { name: string; bytes: Buffer }[] = []
  // Behind the last end there is no file, and nothing to look through again and again.
  const most = text.lastIndexOf('\nend') + '\nend\r\n'.length
  const rest = text.slice(0, most).replace(UUENCODED, (whole: string, name: string, body: string) => {
    const { bytes, isWhole } = uudecoded(body)
    if (!isWhole || !/^[\x20-`]*$/m.test(body) || whole.startsWith('begin-base64')) return whole
    files.push({ name: name.trim(), bytes })
    return ''
  })
  return { text: rest + text.slice(most), files }
}
