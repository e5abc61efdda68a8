import { type Issue, refuseField } from './errors.ts'
import { composed } from './spelling.ts'

const LONGEST_NAME = 255

/**
 * The name that something is given: composed (NFC), without blanks around it.
 *
 * @param path where it was given.
 * @throws Refusal `invalid` when empty or too long
 */
export function readName(given: string, path: Issue['path'] = ['name']): string {
  const name = composed(given.trim())
  if (name === '') refuseField(path, 'required', 'Must not be empty.')
  if ([...name].length > LONGEST_NAME) refuseField(path, 'too_long', 'Is too long.', LONGEST_NAME)
  return name
}
