import { useWords } from '../i18n/words.ts'

const IS_QUOTED = /^\s*>/

/** What was said, and the history that is quoted below it. A quote with an answer after it is part of what was said. */
function parted(text: string): { readonly said: string; readonly quoted: string } {
  const lines = text.split('\n')
  const last = lines.findLastIndex((line) => line.trim() !== '' && !IS_QUOTED.test(line))
  const below = lines.slice(last + 1)
  if (last === -1 || !below.some((line) => IS_QUOTED.test(line))) return { said: text, quoted: '' }
  return { said: lines.slice(0, last + 1).join('\n'), quoted: below.join('\n').trim() }
}

/** A message in plain text, as it was written. A history that is quoted at its end is folded, and never left out. */
export function MessageText({ text }: { readonly text: string }) {
  const words = useWords()
  const { said, quoted } = parted(text)
  return (
    <div className="message-text" dir="auto">
      {said}
      {quoted !== '' && (
        <details className="quoted">
          <summary>{words.ticket.quoted}</summary>
          <div>{quoted}</div>
        </details>
      )}
    </div>
  )
}
