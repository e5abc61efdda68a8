/**
 * Forms of one word: `invoices` and `invoiced` have the stem of `invoice`. Which words are forms of one another depends on the
 * language, which a tenant chooses. Nothing of it is kept: a stem is taken of what is sought and of what is read, so the
 * choice may change at any time. The algorithms are those of https://snowballstem.org
 */
import { stemmer as danish } from '@orama/stemmers/danish'
import { stemmer as dutch } from '@orama/stemmers/dutch'
import { stemmer as english } from '@orama/stemmers/english'
import { stemmer as french } from '@orama/stemmers/french'
import { stemmer as german } from '@orama/stemmers/german'
import { stemmer as italian } from '@orama/stemmers/italian'
import { stemmer as norwegian } from '@orama/stemmers/norwegian'
import { stemmer as portuguese } from '@orama/stemmers/portuguese'
import { stemmer as spanish } from '@orama/stemmers/spanish'
import { stemmer as swedish } from '@orama/stemmers/swedish'
import type { SearchLanguage } from '../words.ts'

const STEMMERS: Readonly<Record<SearchLanguage, (word: string) => string>> = {
  ...{ da: danish, de: german, en: english, es: spanish, fr: french },
  ...{ it: italian, nl: dutch, no: norwegian, pt: portuguese, sv: swedish },
}

/** A word of letters alone, as it is once it is folded: numbers and addresses have no forms. */
const HAS_FORMS = /^\p{L}{3,40}$/u

/** The stem of a folded word, or null where it has no forms. */
export function stemOf(word: string, language: SearchLanguage): string | null {
  return HAS_FORMS.test(word) ? STEMMERS[language](word) : null
}

/** What a word and all its forms begin with: `happ` for `happiness`, whose stem is `happi` as that of `happy` is. */
export function commonBeginning(word: string, stem: string): string {
  const ends = stem.endsWith('i') ? stem.length - 1 : stem.length
  let length = 0
  while (length < ends && word[length] === stem[length]) length += 1
  return word.slice(0, length)
}
