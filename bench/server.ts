import { Type } from 'typebox'
import { answerQuestions } from './child.ts'

/** What a server process is asked: where it listens, and what it has used so far. */
export const Listening = Type.Object({ url: Type.String() })
export const Usage = Type.Object({ cpuMicroseconds: Type.Number(), residentBytes: Type.Number() })

/** In a server process: tells where it listens and what it uses, until the parent lets it go. */
export function answerAsServer(started: Promise<{ readonly url: string; stop(): Promise<unknown> }>): void {
  answerQuestions(
    async (question) => {
      if (question === 'listening') return { url: (await started).url }
      const { user, system } = process.cpuUsage()
      return { cpuMicroseconds: user + system, residentBytes: process.memoryUsage.rss() }
    },
    async () => {
      await (await started).stop()
    },
  )
}
