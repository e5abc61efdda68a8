/** Longer ones cannot stand on a line of mail (RFC 5322, 2.1.1). */
const LONGEST_ID = 998

/**
 * The ids of messages in a value of Message-ID, In-Reply-To or References, in order, each once: what stands in angle
 * brackets outside of comments, without white space, which a server puts where it folds. Ids may touch, and one without
 * brackets counts too if it has an @, as some programs copy them so.
 */
export function idsIn(value: string, most: number): readonly string[] {
  const ids = new Set<string>()
  let depth = 0
  let word = ''
  const lastClose = value.lastIndexOf(')')
  const endWord = (): void => {
    if (word.includes('@')) add(ids, word)
    word = ''
  }
  for (let at = 0; at < value.length && ids.size < most; at++) {
    const letter = value[at] ?? ''
    if (depth > 0) {
      if (letter === '\\') at++
      else if (letter === '(') depth++
      else if (letter === ')') depth--
    } else if (letter === '(') {
      endWord()
      // One that never ends hides nothing.
      if (at < lastClose) depth = 1
    } else if (letter === '<') {
      endWord()
      const end = endOfId(value, at + 1)
      add(ids, value.slice(at + 1, end))
      at = value[end] === '>' ? end : end - 1
    } else if (/[\s,;>"]/.test(letter)) endWord()
    else word += letter
  }
  endWord()
  return [...ids].slice(0, most)
}

/** Where an id that began with a bracket ends: at its bracket, or before that of the next, whose own is missing. */
function endOfId(value: string, from: number): number {
  for (let at = from; at < value.length; at++) {
    const letter = value[at]
    if (letter === '>' || letter === '<') return at
    if (letter === '"') {
      const close = value.indexOf('"', at + 1)
      if (close !== -1 && close - at < LONGEST_ID) at = close
    }
  }
  return value.length
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: no id has any.
const NO_PART = /[\s<>\u0000-\u001f\u007f-\u009f]+/g

function add(ids: Set<string>, found: string): void {
  const id = found.replace(NO_PART, '')
  if (id !== '' && id.length <= LONGEST_ID) ids.add(id)
}

/** What a mail answers, nearest first: what it says that it replies to, then its references from the last to the first. */
export function nearestFirst(inReplyTo: readonly string[], references: readonly string[]): readonly string[] {
  return [...new Set([...inReplyTo, ...references.toReversed()])]
}
