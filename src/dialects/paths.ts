import { type Issue, Refusal, refuse } from '../core/errors.ts'

/**
 * Runs a call on the core, and tells what it refuses by the names of the request.
 *
 * @param pathOf where the request has what the core's path leads to.
 */
export async function inRequest<Result>(
  work: () => Promise<Result>,
  pathOf: (path: Issue['path']) => Issue['path'],
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Refusal) || error.error.code !== 'invalid') throw error
    return refuse({
      code: 'invalid',
      issues: error.error.issues.map((issue) => ({ ...issue, path: pathOf(issue.path) })),
    })
  }
}
