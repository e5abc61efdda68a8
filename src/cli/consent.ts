import { createInterface } from 'node:readline/promises'

/** What the person at the terminal types as an answer; nothing where nobody is there to answer. */
export async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')))
  const typed = await Promise.race([terminal.question(question), closed])
  terminal.close()
  return typed
}
