import { isProblem } from '../../../sdk/client.ts'
import { wordsNow } from '../i18n/words.ts'

/** Why something failed, as it is told to people: of a refusal what is wrong with each field. */
export function whyOf(error: unknown): string {
  const words = wordsNow()
  if (!isProblem(error)) return words.session.away
  if (error.code === 'too_large') return words.composer.tooLarge
  if (error.errors.length > 0) return error.errors.map(({ message }) => message).join(' ')
  return error.status >= 500 ? words.session.away : error.message
}
