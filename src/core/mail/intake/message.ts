import { Readable } from 'node:stream'
import { uploadAttachment } from '../../attachments/commands.ts'
import { FILES_OF_A_MESSAGE } from '../../attachments/rules.ts'
import { boundsOf, isLonger, MARKUP } from '../../bounds.ts'
import type { Context } from '../../context.ts'
import { Refusal } from '../../errors.ts'
import type { NewMessage } from '../../messages/message.ts'
import type { Mail, MailFile } from '../reading/mail.ts'
import { cut, keepable } from './words.ts'

/** The words and files of a mail as a message, and what had to be left out. */
export interface Said {
  readonly message: Pick<NewMessage, 'format' | 'text' | 'attachmentIds'>
  readonly remarks: readonly string[]
}

/**
 * Makes of a mail what a message takes: its HTML with its pictures in place where it has any, else its text; all other files
 * beside it. What does not fit is in the mail as it came, and is told of.
 */
export async function sayMail(ctx: Context, mail: Mail): Promise<Said> {
  const remarks: string[] = []
  const { inPlace, ...words } = wordsOf(ctx, mail, remarks)
  const files = mail.files.filter((file) => !inPlace.includes(file))
  const attachmentIds = await keepFiles(ctx, files, inPlace.length, remarks)
  return { message: { ...words, attachmentIds }, remarks }
}

type Words = Pick<NewMessage, 'format' | 'text'> & { readonly inPlace: readonly MailFile[] }

/** A picture that HTML shows in its place. Others, such as drawings in SVG, are files. */
function isPicture({ isInPlace, cid, type }: MailFile): boolean {
  return isInPlace && cid !== null && PICTURES.has(type)
}

const PICTURES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])

function wordsOf(ctx: Context, { body, files }: Mail, remarks: string[]): Words {
  const { textCharacters } = boundsOf(ctx)
  const most = MARKUP * textCharacters
  if (body.html !== null && body.html.trim() !== '') {
    const html = keepable(body.html)
    if (!isLonger(html, most)) {
      const inPlace = fitting(files.filter(isPicture), most - html.length)
      return { format: 'html', text: withPictures(html, inPlace), inPlace }
    }
    remarks.push('html_too_long')
  }
  const text = keepable(body.text)
  if (!isLonger(text, textCharacters)) return { format: 'text', text, inPlace: [] }
  remarks.push('text_cut')
  return { format: 'text', text: cut(text, textCharacters), inPlace: [] }
}

/** The pictures for which there is room within HTML; all others are files beside it. */
function fitting(pictures: readonly MailFile[], characters: number): readonly MailFile[] {
  let room = characters
  return pictures.filter(({ bytes }) => {
    const length = AROUND_PICTURE + Math.ceil(bytes.length / 3) * 4
    const fits = length <= room
    if (fits) room -= length
    return fits
  })
}

/** Characters of an address with bytes beside these. */
const AROUND_PICTURE = 40

/** HTML with the bytes of its pictures in place of their names. */
function withPictures(html: string, pictures: readonly MailFile[]): string {
  return html.replace(
    /(["'(])\s*cid:([^"')\s]{1,255})\s*(["')])/gi,
    (whole, open: string, name: string, close: string) => {
      const picture = pictures.find(({ cid }) => cid === decoded(name))
      if (!picture) return whole
      return `${open}data:${picture.type};base64,${Buffer.from(picture.bytes).toString('base64')}${close}`
    },
  )
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('&amp;', '&'))
  } catch {
    return name
  }
}

async function keepFiles(
  ctx: Context,
  files: readonly MailFile[],
  others: number,
  remarks: string[],
): Promise<readonly string[]> {
  const kept: string[] = []
  const { limits, inbox } = ctx.store.files ?? {}
  let room = limits?.messageBytes ?? 0
  for (const { name, bytes } of files) {
    if (bytes.length === 0 || !inbox || kept.length + others >= FILES_OF_A_MESSAGE || bytes.length > room) {
      remarks.push(`file_left_out: ${keepable(cut(name, 100))}`)
      continue
    }
    const received = await inbox.receive(Readable.from([bytes]))
    try {
      const { id } = await uploadAttachment({ ...ctx, idempotency: null }, { name: keepable(name), received })
      kept.push(id)
      room -= bytes.length
    } catch (error) {
      // One that nobody takes, such as a program.
      if (!(error instanceof Refusal) || error.error.code !== 'invalid') throw error
      remarks.push(`file_left_out: ${keepable(cut(name, 100))}`)
    } finally {
      await inbox.discard(received)
    }
  }
  return kept
}
