import type { Doubt, DoubtWord } from './mail.ts'

/** Doubts beyond these say nothing new. */
const MOST = 100

/** Gathers what is not certain, each once for a place. */
export class Doubts {
  readonly #found = new Map<string, Doubt>()

  add(word: DoubtWord, where: string): void {
    if (this.#found.size < MOST) this.#found.set(`${word} ${where}`, { word, where })
  }

  all(): readonly Doubt[] {
    return [...this.#found.values()]
  }
}
