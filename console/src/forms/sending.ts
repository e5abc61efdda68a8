import { type FormEvent, useRef, useState } from 'react'
import { isProblem } from '../../../sdk/client.ts'
import type { Problem } from '../../../sdk/problem.ts'
import { endSession } from '../api/cache.ts'
import { useWords } from '../i18n/words.ts'

/** A form on its way: what of it is wrong, field by field and as a whole, and whether it is under way. */
export interface Sending {
  readonly isBusy: boolean
  /** What a field is told, by its name: React Aria shows it there until the field changes. */
  readonly errors: Readonly<Record<string, string>>
  readonly problem: string | null
  /** Does the work, unless it is under way: a form is not sent twice. @returns whether it was done. */
  readonly send: (work: () => Promise<void>) => Promise<boolean>
}

/** @param say in words of this language what is wrong with a field, or the whole; null leaves it to the server's words. */
export function useSending(say: (problem: Problem, field: string | null) => string | null): Sending {
  const words = useWords()
  const [isBusy, setBusy] = useState(false)
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({})
  const [problem, setProblem] = useState<string | null>(null)
  // Two clicks can come before anything is drawn anew.
  const isUnderWay = useRef(false)

  function tell(error: unknown): void {
    if (isProblem(error, 'unauthenticated')) endSession()
    if (!isProblem(error) || error.errors.length === 0) setProblem(wholeOf(error))
    else
      setErrors(
        Object.fromEntries(error.errors.map(({ field, message }) => [fieldOf(field), say(error, field) ?? message])),
      )
  }

  function wholeOf(error: unknown): string {
    if (!isProblem(error) || error.status >= 500) return words.session.away
    if (error.code === 'rate_limited') return words.session.locked(error.retryAfter ?? 60)
    return say(error, null) ?? error.message
  }

  return {
    isBusy,
    errors,
    problem,
    async send(work) {
      if (isUnderWay.current) return false
      isUnderWay.current = true
      setBusy(true)
      setErrors({})
      setProblem(null)
      try {
        await work()
        return true
      } catch (error) {
        tell(error)
        return false
      } finally {
        isUnderWay.current = false
        setBusy(false)
      }
    },
  }
}

/** The field of the form in which something is: of what is wrong with the third of several, the one for all of them. */
function fieldOf(path: string): string {
  return path.replace(/[[.].*$/, '')
}

/**
 * Looks at a field that shows a mistake anew with every key, and not when it is left: what is told would go in the moment in
 * which somebody clicks, and the button with it from below the pointer.
 */
export function lookAgain({ currentTarget: input }: FormEvent<HTMLInputElement | HTMLTextAreaElement>): void {
  if (input.getAttribute('aria-invalid') === 'true') input.dispatchEvent(new Event('change', { bubbles: true }))
}
