import { createHash } from 'node:crypto'
import { domainToUnicode } from 'node:url'
import { addressKey } from '../../spelling.ts'
import type { Mail, Mailbox } from '../reading/mail.ts'

/** What of a mail is kept beside its bytes, in forms that can be kept and compared. */

/** A text that the database takes: without the character that it does not know, and whole. */
export function keepable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed()
}

/** The first characters of a text. */
export function cut(text: string, characters: number): string {
  return text.length <= characters ? text : [...text.slice(0, 2 * characters)].slice(0, characters).join('')
}

/** One line, cut to what a title takes. */
export function lineOf(text: string, characters: number): string {
  return cut(keepable(text).replace(/\s+/g, ' ').trim(), characters)
}

/** The keys of an address: as users may have it, with its domain in ASCII or in the letters that people read. */
export function keysOfAddress(address: string): readonly string[] {
  const at = address.lastIndexOf('@')
  const readable = `${address.slice(0, at)}@${domainToUnicode(address.slice(at + 1)) || address.slice(at + 1)}`
  return [...new Set([addressKey(address), addressKey(readable)])]
}

/** An id of a message as it is looked up: ids are compared to the letter, and none is longer than this. */
export function keyOfId(id: string): string {
  const key = keepable(id)
  return key.length <= LONGEST_ID ? key : `sha256:${digestOf([key])}`
}

const LONGEST_ID = 250

/**
 * What makes a mail this one: its id and what it says. The same mail by two ways is the same, whatever servers wrote on it
 * and however they encoded it; two that share an id are two where they say something else.
 */
export function identityOf(mail: Mail): string {
  const people = (all: readonly Mailbox[]): string => all.map(({ address }) => addressKey(address)).join(' ')
  const files = mail.files.map(({ name, bytes }) => `${name} ${createHash('sha256').update(bytes).digest('hex')}`)
  const words = mail.body.text.replace(/\s+/g, ' ').trim()
  return digestOf([
    mail.ids[0] ?? '',
    people(mail.from),
    people(mail.to),
    people(mail.cc),
    mail.date ?? '',
    mail.subject,
    words,
    ...files,
  ])
}

function digestOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

/** Everybody whom a mail is from or for, by key, without those addresses that are ours. */
export function peopleOf(mail: Mail, isOwn: (address: string) => boolean): readonly string[] {
  const everybody = [...mail.from, ...mail.replyTo, ...mail.to, ...mail.cc]
  const others = everybody.filter(({ address }) => address !== '' && !isOwn(address))
  return [...new Set(others.flatMap(({ address }) => keysOfAddress(address).map(keepable)))].slice(0, MOST_PEOPLE)
}

/** Of more nobody is told apart: such a mail is for the world. */
const MOST_PEOPLE = 100
