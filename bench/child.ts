import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'

/** A process of the benchmark that answers questions, one at a time. */
export interface Child {
  ask<S extends TSchema>(question: unknown, answer: S): Promise<Static<S>>
  /** Lets it end by itself, so that a profile is written. */
  stop(): Promise<void>
}

/** Starts `file` (of this folder, or wherever it is) as a process of its own. */
export function startChild(
  file: string,
  options: { readonly environment?: Readonly<Record<string, string>>; readonly flags?: readonly string[] } = {},
): Child {
  const child = fork(resolve(import.meta.dirname, file), {
    env: { ...process.env, ...options.environment },
    execArgv: [...(options.flags ?? [])],
  })
  return {
    async ask(question, answer) {
      const answered = messageOf(child, file)
      child.send({ question })
      return Value.Parse(answer, await answered)
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}

async function messageOf(child: ChildProcess, file: string): Promise<unknown> {
  const done = new AbortController()
  try {
    return await Promise.race([
      once(child, 'message', { signal: done.signal }).then(([message]) => message),
      once(child, 'exit', { signal: done.signal }).then(([code, signal]) => {
        throw new Error(`${file} ended with ${signal ?? code}; what it said is above.`)
      }),
    ])
  } finally {
    done.abort()
  }
}

/** In a child: answers each question, and ends when the parent disconnects or is gone. */
export function answerQuestions(answer: (question: unknown) => Promise<object>, stop: () => Promise<void>): void {
  process.on('message', async (message: { readonly question: unknown }) => {
    process.send?.(await answer(message.question))
  })
  process.on('disconnect', () => {
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      },
    )
  })
}
