import { parameterText } from '../../header-values.ts'
import { plainOf } from '../../messages/html/plain.ts'
import { renderInHaste } from '../../messages/html/render.ts'
import { escaped } from '../../messages/html/safe.ts'
import { survey } from '../../messages/html/survey.ts'
import type { ReadingBounds } from './bounds.ts'
import type { Doubts } from './doubts.ts'
import { unpacked } from './encodings.ts'
import { unflowed } from './flowed.ts'
import { firstValue, shownValue } from './headers.ts'
import { idsIn } from './ids.ts'
import { invitationsIn } from './invitations.ts'
import type { Invitation, MailFile } from './mail.ts'
import { fileNameOf, type Part } from './parts.ts'
import { textOf } from './texts.ts'

/** A piece of what a mail says, in whichever of its two forms it came. */
export interface Words {
  readonly plain: string | null
  readonly html: string | null
}

/** What lies in a mail, sorted. */
export interface Sorted {
  readonly words: readonly Words[]
  readonly files: readonly SortedFile[]
  readonly invitations: readonly Invitation[]
  /** Mails within, by their bytes. */
  readonly mails: readonly Uint8Array[]
  readonly protection: 'signed' | 'encrypted' | null
}

export type SortedFile = Omit<MailFile, 'isInPlace'>

interface Sorting {
  readonly bounds: ReadingBounds
  readonly doubts: Doubts
  readonly files: SortedFile[]
  readonly invitations: Invitation[]
  readonly mails: Uint8Array[]
  protection: 'signed' | 'encrypted' | null
}

/** Texts that are files to whoever gets them, whatever RFC 2046 has of unknown ones. */
const FILES_OF_TEXT =
  /^text\/(?:calendar|csv|tab-separated-values|(?:x-)?vcard|directory|rtf|xml|css|javascript|rfc822-headers|x-amp-html)$/
const MAIL = /^message\/(?:rfc822|global)$/
const ENCRYPTED = /^application\/(?:x-)?pkcs7-mime$/

/** Sorts all that lies in a mail into words and files, each once. */
export function sorted(root: Part, given: { readonly bounds: ReadingBounds; readonly doubts: Doubts }): Sorted {
  const sorting: Sorting = { ...given, files: [], invitations: [], mails: [], protection: null }
  const words = wordsOf(root, { sorting, isAlone: true })
  return { words, ...sorting }
}

interface Where {
  readonly sorting: Sorting
  /** Whether there is nothing beside it: what is named, and all that there is, is what somebody says. */
  readonly isAlone: boolean
}

function wordsOf(part: Part, where: Where): readonly Words[] {
  const { sorting } = where
  switch (part.parts.length > 0 ? part.type : '') {
    case '':
      return leafWords(part, where)
    case 'multipart/alternative':
      return alternativeWords(part, sorting)
    case 'multipart/related':
      return relatedWords(part, where)
    case 'multipart/signed':
      sorting.protection ??= 'signed'
      break
    case 'multipart/encrypted':
      sorting.protection = 'encrypted'
      break
    default:
  }
  return part.parts.flatMap((each, nth) =>
    wordsOf(each, { sorting, isAlone: where.isAlone && nth === 0 && part.type === 'multipart/signed' }),
  )
}

/**
 * Of the same in several forms: the HTML, and the plain text beside it. Several plain texts, as in two languages, are all
 * kept; another form only if there is no better one.
 */
function alternativeWords(part: Part, sorting: Sorting): readonly Words[] {
  const forms = part.parts
    .map((each) => ({ type: each.type, words: wordsOf(each, { sorting, isAlone: false }) }))
    .filter(({ words }) => words.length > 0)
  const pages = forms.filter(({ words }) => words.some(({ html }) => html !== null))
  const texts = forms.filter((form) => !pages.includes(form))
  const proper = texts.filter(({ type }) => type === 'text/plain' || type.startsWith('multipart/'))
  const best = proper.length > 0 ? proper : texts.slice(-1)
  const plain = best
    .flatMap(({ words }) => words.map((each) => each.plain ?? ''))
    .filter((text) => text.trim() !== '')
    .join('\n\n')
  const html = htmlText(pages.at(-1)?.words ?? [])
  return forms.length === 0 ? [] : [{ plain: plain === '' ? null : plain, html }]
}

/** A page and what it shows: only the first, or the one that is named, says something. */
function relatedWords(part: Part, { sorting, isAlone }: Where): readonly Words[] {
  const start = idsIn(part.contentType.parameters.get('start') ?? '', 1)[0]
  const named = part.parts.find(
    (each) => start !== undefined && idsIn(firstValue(each.headers, 'content-id'), 1)[0] === start,
  )
  const page = named ?? part.parts[0]
  return part.parts.flatMap((each) => wordsOf(each, { sorting, isAlone: isAlone && each === page }))
}

function leafWords(part: Part, { sorting, isAlone }: Where): readonly Words[] {
  const { bounds, doubts } = sorting
  if (!isWords(part, isAlone)) {
    addFile(part, sorting)
    return []
  }
  const { bytes } = part.content()
  const { text, isSure } = textOf(bytes, parameterText(part.contentType, 'charset') ?? '')
  if (!isSure) doubts.add('bad_charset', part.place)
  if (text.length > bounds.textCharacters) {
    doubts.add('too_large', part.place)
    addFile(part, sorting)
    return []
  }
  if (part.type === 'text/html') return [{ plain: null, html: text }]
  const format = parameterText(part.contentType, 'format')?.toLowerCase()
  if (format === 'flowed') {
    const deletesBlank = parameterText(part.contentType, 'delsp')?.toLowerCase() === 'yes'
    return [{ plain: unflowed(text, deletesBlank), html: null }]
  }
  const { text: said, files } = unpacked(text.replace(LINE_END, '\n'))
  for (const { name, bytes: packed } of files)
    keep({ name, type: 'application/octet-stream', bytes: packed, cid: null }, part, sorting)
  return [{ plain: said, html: null }]
}

/** However it is written: gateways double carriage returns, and old programs wrote nothing else. */
const LINE_END = /\r*\n|\r/g

/** Whether a part is what somebody says, and not a file: a text without a name, whatever else it says of itself. */
function isWords(part: Part, isAlone: boolean): boolean {
  if (!part.type.startsWith('text/') || FILES_OF_TEXT.test(part.type)) return false
  if (part.disposition.value === 'attachment') return false
  return isAlone || fileNameOf(part) === ''
}

function addFile(part: Part, sorting: Sorting): void {
  const { bounds } = sorting
  const { bytes } = part.content()
  const cid =
    idsIn(firstValue(part.headers, 'content-id'), bounds.ids)[0] ?? bareId(firstValue(part.headers, 'content-id'))
  const isMail = MAIL.test(part.type)
  if (part.type === 'text/calendar' || part.type === 'application/ics') {
    const { text } = textOf(bytes, parameterText(part.contentType, 'charset') ?? 'utf-8')
    const method = parameterText(part.contentType, 'method') ?? ''
    for (const each of invitationsIn(text, method)) if (isNew(each, sorting.invitations)) sorting.invitations.push(each)
  }
  if (isMail) sorting.mails.push(bytes)
  if (ENCRYPTED.test(part.type)) {
    const kind = parameterText(part.contentType, 'smime-type')?.toLowerCase()
    sorting.protection = kind === 'signed-data' ? 'signed' : 'encrypted'
  }
  keep({ name: fileNameOf(part) || madeUpName(part, sorting), type: part.type, bytes, cid }, part, sorting)
}

function keep(file: SortedFile, part: Part, { bounds, doubts, files }: Sorting): void {
  if (files.length < bounds.files) files.push(file)
  else doubts.add('too_many_parts', part.place)
}

function bareId(value: string): string | null {
  const id = value.replace(/[<>\s]/g, '')
  return id === '' ? null : id
}

/** The same event may lie there twice: as an alternative to the text, and as a file. */
function isNew({ uid, start, method }: Invitation, known: readonly Invitation[]): boolean {
  return uid === null || !known.some((each) => each.uid === uid && each.start === start && each.method === method)
}

const ENDINGS: ReadonlyMap<string, string> = new Map([
  ['message/rfc822', 'eml'],
  ['message/global', 'eml'],
  ['text/calendar', 'ics'],
  ['application/ics', 'ics'],
  ['text/plain', 'txt'],
  ['text/html', 'html'],
  ['text/csv', 'csv'],
  ['text/vcard', 'vcf'],
  ['text/x-vcard', 'vcf'],
  ['text/rfc822-headers', 'txt'],
  ['image/jpeg', 'jpg'],
  ['image/png', 'png'],
  ['image/gif', 'gif'],
  ['image/webp', 'webp'],
  ['image/tiff', 'tif'],
  ['application/pdf', 'pdf'],
  ['application/zip', 'zip'],
  ['application/pgp-signature', 'asc'],
  ['application/pkcs7-signature', 'p7s'],
  ['application/pkcs7-mime', 'p7m'],
  ['application/ms-tnef', 'dat'],
])

/** The name of a part without one: a mail's subject, or what kind it is and which one of the files. */
function madeUpName(part: Part, { files }: Sorting): string {
  const ending = ENDINGS.get(part.type)
  const described = shownValue(firstValue(part.headers, 'content-description')).slice(0, 80)
  const subject = MAIL.test(part.type) ? subjectWithin(part) : ''
  const stem = (subject || described || part.type.split('/')[0] || 'file').replace(/[/\\:*?"<>|]+/g, ' ').trim()
  const number = subject || described ? '' : `-${files.length + 1}`
  return `${stem || 'file'}${number}${ending === undefined ? '' : `.${ending}`}`
}

function subjectWithin(part: Part): string {
  const start = part.content().bytes.toString('latin1', 0, 65_536)
  const [, value = ''] = /^subject[ \t]*:((?:.*(?:\r?\n[ \t].*)*))/im.exec(start.split(/\r?\n\r?\n/, 1)[0] ?? '') ?? []
  return shownValue(value.replace(/\r?\n[ \t]+/g, ' ')).slice(0, 120)
}

/** All of the words as plain text: of HTML alone its words. */
export function plainText(words: readonly Words[], { htmlCharacters }: ReadingBounds): string {
  return words
    .map(({ plain, html }) => plain ?? textOfHtml(html ?? '', htmlCharacters))
    .map((text) => text.replace(/^(?:[ \t]*\r?\n)+/, '').trimEnd())
    .filter((text) => text !== '')
    .join('\n\n')
}

function textOfHtml(html: string, most: number): string {
  if (html.length > most) return renderInHaste({ text: html, format: 'html' }).plain
  return plainOf(html, survey(html), new Map())
}

/** All of the words as HTML; null when none came as such. */
export function htmlText(words: readonly Words[]): string | null {
  if (!words.some(({ html }) => html !== null)) return null
  return words.map(({ html, plain }) => html ?? `<pre>${escaped(plain ?? '')}</pre>`).join('\n')
}

/** The ids of what HTML shows in its places. */
export function shownIds(html: string | null): ReadonlySet<string> {
  const found = new Set<string>()
  for (const [, id = ''] of (html ?? '').matchAll(/cid:([^\s"'<>)]+)/gi)) found.add(decodedId(id))
  return found
}

function decodedId(id: string): string {
  const text = id.replaceAll('&amp;', '&')
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
