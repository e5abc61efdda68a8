import { useQuery } from '@tanstack/react-query'
import { Eye, EyeOff } from 'lucide-react'
import { useState } from 'react'
import { Button } from 'react-aria-components'
import type { Attachment } from '../../../sdk/operations.ts'
import { keys } from '../api/keys.ts'
import { bytes } from '../i18n/amounts.ts'
import { useWords } from '../i18n/words.ts'
import { addressOf, beginningOf } from './files.ts'

type File = Pick<Attachment, 'id' | 'name' | 'url' | 'size' | 'type'>

/** In what a file can be looked at here; null where it can only be saved. */
function viewOf({ type }: File): 'text' | 'pdf' | null {
  if (type === 'text/plain') return 'text'
  return type === 'application/pdf' && navigator.pdfViewerEnabled ? 'pdf' : null
}

/** The files of a message: pictures small, texts and PDFs below them when one asks, and each to save. */
export function Attachments({ files }: { readonly files: readonly File[] }) {
  const words = useWords()
  const [shownId, setShownId] = useState<string | null>(null)
  const shown = files.find(({ id }) => id === shownId)
  return (
    <>
      <ul className="attachments">
        {files.map((file) => (
          <li key={file.id}>
            <a href={addressOf(file)} download={file.name} rel="noreferrer">
              {file.type.startsWith('image/') && <img src={addressOf(file)} alt="" loading="lazy" />}
              <span>{file.name}</span>
              <span className="hint">{bytes(file.size)}</span>
            </a>
            {viewOf(file) !== null && (
              <Button
                className="button quiet icon"
                aria-label={file.id === shownId ? words.ticket.hideFile(file.name) : words.ticket.showFile(file.name)}
                aria-expanded={file.id === shownId}
                onPress={() => setShownId(file.id === shownId ? null : file.id)}
              >
                {file.id === shownId ? <EyeOff size={15} aria-hidden="true" /> : <Eye size={15} aria-hidden="true" />}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {shown && viewOf(shown) === 'text' && <TextFile file={shown} />}
      {shown && viewOf(shown) === 'pdf' && (
        // In a sandbox browsers have no viewer; it is none of this page's anyway (decision 0034).
        <iframe className="file-shown pdf" title={shown.name} src={`${addressOf(shown)}&show`} />
      )}
    </>
  )
}

/** The beginning of a text, as text and nothing else. */
function TextFile({ file }: { readonly file: File }) {
  const words = useWords()
  const { data, isError } = useQuery({
    queryKey: keys.file(file.id),
    queryFn: () => beginningOf(file),
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (isError)
    return (
      <p className="field-error" role="alert">
        {words.ticket.fileFailed}
      </p>
    )
  return (
    // Scrolled by keys too, so it takes the focus.
    <section className="file-shown" aria-label={file.name} aria-busy={!data} tabIndex={0}>
      <pre dir="auto">{data?.text}</pre>
      {data?.isCut && <p className="hint">{words.ticket.fileCut}</p>}
    </section>
  )
}
