import { malformed } from './wire.ts'

/**
 * Reads a JSON body strictly: UTF-8 only (RFC 8259), and no name twice in one object (RFC 7493, I-JSON), because which of
 * two values counts differs from reader to reader. A byte order mark before it says nothing. An empty body is undefined.
 *
 * @throws WireRefusal `malformed`
 */
export function parseJson(body: Buffer): unknown {
  if (body.length === 0) return undefined
  const text = decoded(body)
  const value = parsed(text)
  const repeated = repeatedName(text)
  if (repeated !== null) throw malformed(`The field ${repeated} is there twice.`)
  return value
}

/**
 * Types that tools put on a body when nobody told them one: curl's `-d` and most libraries that were made for forms say
 * `application/x-www-form-urlencoded`, `fetch` of a text says `text/plain`.
 */
const UNINTENDED_TYPE = /^\s*(?:application\/x-www-form-urlencoded|text\/plain|text\/json)\s*(?:;|$)/i

/** A JSON text begins so, and no form does: behind a mark and blanks, as it is or percent-encoded. */
const JSON_BEGIN = /^(?:\u{feff}|[ \t\r\n])*(?:[{[]|%7B|%5B)/iu

/** More than the blanks that anybody puts in front. */
const LONGEST_BEGIN = 1024

/**
 * The JSON text that a body under another type is, or undefined when it is none. Under no type it is read as JSON before it
 * comes here, under `multipart/form-data`, XML and the like it is what they say.
 */
export function jsonUnderOtherType(contentType: string, body: Buffer): Buffer | undefined {
  if (!UNINTENDED_TYPE.test(contentType)) return undefined
  const begin = JSON_BEGIN.exec(body.subarray(0, LONGEST_BEGIN).toString())?.[0]
  if (begin === undefined) return undefined
  return begin.includes('%') ? formEncoded(body) : body
}

/** What a form library makes of a JSON text: one name without a value. */
function formEncoded(body: Buffer): Buffer | undefined {
  const [[text, value] = ['', ''], ...others] = new URLSearchParams(body.toString('latin1'))
  return value === '' && others.length === 0 ? Buffer.from(text) : undefined
}

/** Without the byte order mark that programs of Windows begin with; RFC 8259, 8.1 lets parsers ignore it. */
const UTF8 = new TextDecoder('utf-8', { fatal: true })

function decoded(body: Buffer): string {
  // JSON has no NUL, and every text of it in UTF-16 has one among its first two bytes, or behind a byte order mark.
  if (body.subarray(0, 4).includes(0)) throw malformed('The body is UTF-16 or UTF-32. Send JSON as UTF-8.')
  try {
    return UTF8.decode(body)
  } catch {
    throw malformed('The body is not UTF-8.')
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw malformed('The body is not valid JSON.')
  }
}

/** A string or one structural character of a valid JSON text; a string is a name when a colon follows. */
const TOKEN = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g

/** The first name that one object of a valid JSON text has twice, or null. */
function repeatedName(text: string): string | null {
  const open: (Set<string> | null)[] = []
  for (const [token, colon] of text.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(null)
    else if (token === '}' || token === ']') open.pop()
    else if (colon !== undefined) {
      const quoted = token.slice(0, -colon.length)
      const name = quoted.includes('\\') ? String(JSON.parse(quoted)) : quoted.slice(1, -1)
      const names = open.at(-1)
      if (names?.has(name)) return JSON.stringify(name)
      names?.add(name)
    }
  }
  return null
}
