/** Control characters but tab, line feed and carriage return (Unicode category Cc). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point.
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/
const EACH_CONTROL = new RegExp(CONTROL, 'g')

/**
 * What is wrong with a name, an id or another short value as text, or null. Nobody writes a control character into one,
 * and what shows differently from what it is must not name anything. PostgreSQL could not even store half a surrogate
 * pair or a NUL.
 */
export function textProblem(value: string): string | null {
  if (CONTROL.test(value)) return 'Must not contain control characters.'
  return value.isWellFormed() ? null : 'Must be well-formed Unicode.'
}

/**
 * What a terminal was told by a text that was copied from it (ECMA-48): control sequences such as colours, strings such
 * as the title of the window or the address of a link, and the choice of a character set.
 */
const TERMINAL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point.
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)|[()*+][0-9A-Za-z]|[=>78])/g

/** Word's soft return, and the end of a page. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point.
const BREAK = /[\u000b\u000c]/g

/** Control characters of the upper half, which are letters of Windows-1252 that were read as Latin-1. */
const MISREAD = /[\u0080-\u009f]/g
const WINDOWS_1252 = new TextDecoder('windows-1252')

/**
 * A text as people are to read it, when it was pasted from somewhere. What a customer wrote is never refused for a
 * control character: a soft return and the end of a page become line ends, what told a terminal its colours goes, letters
 * that were read in the wrong character set become what they were meant to be, half a character becomes U+FFFD, and any
 * other control character is dropped. Everything else stays as it is. Names and ids are judged by `textProblem` instead.
 */
export function readableText(text: string): string {
  if (textProblem(text) === null) return text
  return text
    .toWellFormed()
    .replace(TERMINAL, '')
    .replace(BREAK, '\n')
    .replace(MISREAD, (letter) => WINDOWS_1252.decode(Uint8Array.of(letter.charCodeAt(0))))
    .replace(EACH_CONTROL, '')
}
