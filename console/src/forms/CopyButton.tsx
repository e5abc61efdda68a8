import { useState } from 'react'
import { Button } from 'react-aria-components'
import { useWords } from '../i18n/words.ts'

/** Puts a text onto the clipboard. */
export function CopyButton({ text, of }: { readonly text: string; readonly of: string }) {
  const words = useWords()
  const [copied, setCopied] = useState<string | null>(null)
  const action = copied === text ? words.welcome.copied : words.welcome.copy
  return (
    <Button
      className="button small"
      aria-label={`${action}: ${of}`}
      onPress={() => void copy(text).then(() => setCopied(text))}
    >
      {action}
    </Button>
  )
}

/** Browsers keep the clipboard for pages that come encrypted; a desk in a house may have none of that. */
async function copy(text: string): Promise<void> {
  if (window.isSecureContext) return navigator.clipboard.writeText(text)
  const field = document.createElement('textarea')
  field.value = text
  field.className = 'hidden-visually'
  document.body.append(field)
  field.select()
  document.execCommand('copy')
  field.remove()
}
