/** A text in two: what is new, and what was quoted below it. Put together they are the text. */
export interface Folding {
  readonly visible: string
  readonly folded: string
}

/** Lines from the end that are looked through: a quote that is longer stays unfolded. */
const MOST_LINES = 20_000
/** Lines above a quote that may say whose it is: `On Monday, Ann\n<ann@example.com> wrote:`. */
const LONGEST_ATTRIBUTION = 4

/**
 * Folds the quote at the end of an answer, and nothing else: whatever stands below or within a quote stays to be seen. Of
 * a text that is nothing but a quote nothing is folded.
 *
 * @param isAnswer whether the mail answers another. Of others, as of one that is passed on, what is quoted may be all that
 *   matters: it is folded only where a line above tells who wrote it.
 */
export function folding(text: string, isAnswer: boolean): Folding {
  const lines = linesOf(text)
  const whole = { visible: text, folded: '' }
  if (lines.length > MOST_LINES) return whole
  const cut = (isAnswer ? historyAt(lines) : null) ?? quoteAt(lines, isAnswer)
  if (cut === null) return whole
  const at = lines.slice(0, cut).join('').length
  const visible = text.slice(0, at)
  return visible.trim() === '' ? whole : { visible, folded: text.slice(at) }
}

/** Each with its end. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

/** `-----Original Message-----`, in the languages of the programs that write it. */
const ORIGINAL =
  /^[ \t]*-{3,}[ \t]*(?:original (?:message|appointment)|ursprüngliche (?:nachricht|e-mail)|originalnachricht|message d'origine|message original|messaggio originale|mensaje original|mensagem original|oorspronkelijk bericht|oprindelig meddelelse|ursprungligt meddelande|opprinnelig melding|alkuperäinen viesti|původní zpráva|pôvodná správa|eredeti üzenet|wiadomość oryginalna|oryginalna wiadomość|исходное сообщение)[ \t]*-{3,}[ \t]*\r?\n?$/iu
const RULER = /^[ \t]*_{20,}[ \t]*\r?\n?$/
const FROM = /^[ \t]*\*?(?:from|von|de|da|van|fra|från|lähettäjä|od|feladó|от|差出人|发件人)\*?[ \t]*[:：]\*?[ \t]*\S/iu
const SENT =
  /^[ \t]*\*?(?:sent|date|gesendet|datum|envoyé|enviado(?: el| em)?|fecha|inviato|data|verzonden|sendt|dato|skickat|lähetetty|odesláno|wysłano|elküldve|отправлено|дата|送信日時|发送时间)\*?[ \t]*[:：]/iu
const TO =
  /^[ \t]*\*?(?:to|an|à|para|a|aan|til|till|vastaanottaja|komu|do|címzett|кому|宛先|收件人|cc|kopie)\*?[ \t]*[:：]/iu
const SUBJECT =
  /^[ \t]*\*?(?:subject|betreff|objet|asunto|oggetto|assunto|onderwerp|emne|ämne|aihe|předmět|temat|tárgy|тема|件名|主题)\*?[ \t]*[:：]/iu
/** Lines in which the headers of a quoted mail stand. */
const HEADERS_WITHIN = 8

/** Where what a program puts below an answer without marking its lines begins: a line that says so, and headers. */
function historyAt(lines: readonly string[]): number | null {
  for (const [nth, line] of lines.entries()) {
    const isMark = ORIGINAL.test(line) || RULER.test(line)
    const first = isMark ? nextWritten(lines, nth + 1) : nth
    if (first !== null && isHeaders(lines.slice(first, first + HEADERS_WITHIN))) return nth
  }
  return null
}

/** `From:` and at least two others of a mail, one below the other: words of prose hardly stand so. */
function isHeaders(lines: readonly string[]): boolean {
  if (!FROM.test(lines[0] ?? '')) return false
  const [hasSent, hasTo, hasSubject] = [SENT, TO, SUBJECT].map((header) => lines.some((line) => header.test(line)))
  return hasSubject === true && (hasSent === true || hasTo === true)
}

function nextWritten(lines: readonly string[], from: number): number | null {
  for (let nth = from; nth < Math.min(lines.length, from + 3); nth++) if ((lines[nth] ?? '').trim() !== '') return nth
  return null
}

const QUOTED = /^[ \t]?>/
/** The end of `On 3 November 2026 Ann Berger wrote:`, in any language: a colon, and before it a date, a time or an address. */
const ATTRIBUTION_END = /[:：][ \t]*\r?\n?$/u
const ATTRIBUTION_BEGIN = /^[ \t]*(?:on|am|le|el|il|em|op|den|dne|dňa|w dniu|на|в|vào|pada|at|\d)[ \t]*\S/iu
const ATTRIBUTION_SIGN = /@|\d{1,2}[:.]\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\b(?:19|20)\d\d\b/

/** Where the quote that ends the text begins, with the line above that says whose it is; null when there is none. */
function quoteAt(lines: readonly string[], isAnswer: boolean): number | null {
  let last = lines.length
  while (last > 0 && (lines[last - 1] ?? '').trim() === '') last--
  let first = last
  while (first > 0 && (QUOTED.test(lines[first - 1] ?? '') || (lines[first - 1] ?? '').trim() === '')) first--
  while (first < last && !QUOTED.test(lines[first] ?? '')) first++
  if (first === last) return null
  return attributionAt(lines, first) ?? (isAnswer ? first : null)
}

function attributionAt(lines: readonly string[], quote: number): number | null {
  let end = quote
  while (end > 0 && (lines[end - 1] ?? '').trim() === '') end--
  if (end === 0 || !ATTRIBUTION_END.test(lines[end - 1] ?? '')) return null
  let nearest: number | null = null
  for (let first = end - 1; first >= Math.max(0, end - LONGEST_ATTRIBUTION); first--) {
    const line = lines[first] ?? ''
    if (line.trim() === '') break
    if (!ATTRIBUTION_SIGN.test(lines.slice(first, end).join(''))) continue
    if (ATTRIBUTION_BEGIN.test(line)) return first
    // It may begin in a language that is not known here: what is above could be the answer.
    nearest ??= first
  }
  return nearest
}

/** `Fwd:` in the languages of the programs that write it. */
const FORWARD = /^(?:fwd?|wg|tr|rv|enc|i|doorst|vs|vb|videresendt|fs|pd|továbbítás|пер|转发|轉寄)[ \t]*[:：]/iu

/** Whether a mail passes another on, by its subject. */
export function isForward(subject: string): boolean {
  return FORWARD.test(subject)
}
