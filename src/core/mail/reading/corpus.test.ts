import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import type { Mail } from './mail.ts'
import { readMail } from './read.ts'

/**
 * Real mails of mail servers, mail programs and libraries, and what is read of each, which docs/mail-corpus.md tells in one
 * line: that document is the table of these tests.
 */

const root = join(import.meta.dirname, '../../../..')
const FOLDER = join(root, 'test/fixtures/mail')
const FILES = globSync('*.eml', { cwd: FOLDER }).sort()

/** The rows of the document: file, what it is, what is right, what is read. */
const ROWS: ReadonlyMap<string, string> = new Map(
  readFileSync(join(root, 'docs/mail-corpus.md'), 'utf8')
    .split('\n')
    .map((line) => line.split(' | '))
    .filter((cells) => cells[0]?.endsWith('.eml`'))
    .map(([file = '', , , read = '']) => [file.replace(/^\| `|`$/g, ''), read.replace(/ \|$/, '')]),
)

/** What of a mail matters, in one line. */
function told(mail: Mail): string {
  const { kind, body } = mail
  const parts: string[] = [kind.is]
  const list = (name: string, values: readonly string[]): void => {
    if (values.length > 0) parts.push(`${name} ${values.join(', ')}`)
  }
  if (kind.is === 'bounce' || kind.is === 'receipt' || kind.is === 'report') {
    if (kind.is === 'bounce') {
      parts[0] = `bounce, ${kind.outcome}`
      list(
        'for',
        kind.recipients.map(({ addresses, status }) => [addresses.join(' or '), status ?? 'no status'].join(' ')),
      )
    }
    if (kind.is === 'receipt') parts[0] = `receipt, ${kind.disposition}`
    list('of', kind.returned.ids)
    list('which answered', shortened(kind.returned.parents))
    list('envelope', kind.returned.envelopeIds)
  } else {
    list(
      'from',
      mail.from.map(({ name, address }) => (name ? `${name} <${address}>` : address)),
    )
    list(
      'reply to',
      mail.replyTo.map(({ address }) => address),
    )
    list('answers', shortened(mail.parents))
    list('about', [JSON.stringify(mail.subject)])
    list('says', [JSON.stringify(body.visible)])
    if (body.folded !== '') list('folds', [JSON.stringify(body.folded)])
    list(
      'files',
      mail.files.map(({ name, bytes, isInPlace }) => `${name} (${bytes.length}${isInPlace ? ', in place' : ''})`),
    )
    list(
      'invites to',
      mail.invitations.map(({ summary, start }) => `${summary} at ${start}`),
    )
    list('list', mail.listId === null ? [] : [mail.listId])
  }
  list(
    'doubts',
    mail.doubts.map(({ word }) => word),
  )
  return parts.join('; ').replaceAll('|', '\\|')
}

function shortened(ids: readonly string[]): readonly string[] {
  return ids.length <= 5 ? ids : [`${ids.slice(0, 2).join(', ')} and ${ids.length - 2} more`]
}

const mailOf = (file: string): Mail => readMail(readFileSync(join(FOLDER, file)))

test('Every mail of the corpus is read as docs/mail-corpus.md says', () => {
  assert.deepEqual([...ROWS.keys()].sort(), FILES)
  const read = new Map(FILES.map((file) => [file, told(mailOf(file))]))
  const wrong = FILES.filter((file) => read.get(file) !== ROWS.get(file)).map((file) => [
    file,
    read.get(file),
    ROWS.get(file),
  ])
  assert.deepEqual(wrong, [])
})

test('What a server sends back is never among the words or the files of a mail', () => {
  for (const file of FILES.filter((each) => /bounce|delay|success|receipt|reject/.test(each))) {
    const { kind, body, files, enclosed } = mailOf(file)
    assert.ok(kind.is === 'bounce' || kind.is === 'receipt', file)
    assert.deepEqual([files, enclosed], [[], []], file)
    assert.doesNotMatch(`${body.text} ${body.html ?? ''}`, /we corrected the invoice|We have sent a new bulb/, file)
  }
})

test('An id that a server cut in two by folding is whole again', () => {
  const { references } = mailOf('postfix-cut-references.eml')
  assert.equal(references.length, 28)
  for (const [nth, id] of references.entries())
    assert.equal(id, `id-${String(nth).padStart(2, '0')}-${'a'.repeat(28)}@cust.example.com`)
})

test('One file in three encodings is the same bytes, and an invitation keeps its own', () => {
  const bytes = mailOf('npm-attachment-three-encodings.eml').files.map((file) => Buffer.from(file.bytes).toString())
  assert.deepEqual(bytes, ['a;1\r\nb;2', 'a;1\r\nb;2', 'a;1\r\nb;2'])
  const [invitation] = mailOf('npm-calendar-invitation.eml').files
  assert.equal(invitation && basename(invitation.name), 'text-1.ics')
  assert.match(
    Buffer.from(invitation?.bytes ?? []).toString(),
    /^BEGIN:VCALENDAR\r\n[\s\S]*SUMMARY:Café\r\nEND:VEVENT\r\n/,
  )
})

test('A wrapped mail of a list has both ids, and the words of whoever wrote it', () => {
  const mail = mailOf('mailman-wrap-message.eml')
  assert.equal(mail.ids[1], 'l13@cust.example.com')
  assert.match(mail.body.text, /^Does the printer work\?/)
})
