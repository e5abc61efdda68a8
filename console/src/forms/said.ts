import type { Problem } from '../../../sdk/problem.ts'
import { useWords } from '../i18n/words.ts'

/** What forms of administrators say of a mistake, in words of this language; null leaves it to the server's words. */
export function useSaid(): (problem: Problem, field: string | null) => string | null {
  const words = useWords()
  return (problem, field) => {
    if (field === null) return problem.code === 'forbidden' ? words.ticket.notAllowed : null
    const mistake = problem.errors.find((each) => each.field === field)
    if (mistake?.rule === 'too_long') return words.forms.tooLong
    if (field === 'email' && mistake?.rule === 'format') return words.forms.noEmail
    if (field === 'email' && mistake?.rule === 'not_allowed') return words.forms.emailTaken
    return null
  }
}
