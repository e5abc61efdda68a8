import { Paperclip, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button, FileTrigger, ProgressBar } from 'react-aria-components'
import { bytes } from '../i18n/amounts.ts'
import { useWords } from '../i18n/words.ts'
import { changeDraft, type DraftFile, type Place } from './drafts.ts'
import { attach, dismiss, type Upload } from './uploads.ts'

interface Props {
  readonly place: Place
  readonly files: readonly DraftFile[]
  readonly uploads: readonly Upload[]
}

/** The files of a draft, those on their way, and those that were refused. */
export function Files({ place, files, uploads }: Props) {
  const words = useWords()
  if (files.length + uploads.length === 0) return null
  return (
    <ul className="files" aria-label={words.composer.files}>
      {files.map(({ id, name, size }) => (
        <li key={id} className="file">
          <span className="text">{name}</span>
          <span className="hint">{bytes(size)}</span>
          <Remove
            name={name}
            onPress={() => changeDraft(place, (draft) => ({ files: draft.files.filter((file) => file.id !== id) }))}
          />
        </li>
      ))}
      {uploads.map(({ key, name, sent, problem }) => (
        <li key={key} className="file">
          <span className="text">{name}</span>
          {problem === null ? (
            <ProgressBar className="progress" aria-label={words.composer.uploading(name)} value={sent * 100}>
              <progress value={sent} aria-hidden="true" />
            </ProgressBar>
          ) : (
            <span role="alert" className="field-error">
              {problem}
            </span>
          )}
          <Remove name={name} onPress={() => dismiss(key)} />
        </li>
      ))}
    </ul>
  )
}

function Remove({ name, onPress }: { readonly name: string; readonly onPress: () => void }) {
  const words = useWords()
  return (
    <Button className="remove" aria-label={words.composer.remove(name)} onPress={onPress}>
      <X size={13} aria-hidden="true" />
    </Button>
  )
}

/** Picks files from the device. */
export function AttachButton({ place }: { readonly place: Place }) {
  const words = useWords()
  return (
    <FileTrigger allowsMultiple onSelect={(files) => attach(place, files ?? [])}>
      <Button className="button quiet icon" aria-label={words.composer.attach}>
        <Paperclip size={16} aria-hidden="true" />
      </Button>
    </FileTrigger>
  )
}

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true

/** Takes files that are dropped anywhere on the page: else the browser would leave it for them. @returns whether some are over it. */
export function useDrop(place: Place): boolean {
  const [isOver, setOver] = useState(false)
  const { person, ticket, mode } = place
  useEffect(() => {
    function over(event: DragEvent): void {
      if (!hasFiles(event)) return
      event.preventDefault()
      setOver(true)
    }
    function leave({ relatedTarget }: DragEvent): void {
      if (relatedTarget === null) setOver(false)
    }
    function drop(event: DragEvent): void {
      setOver(false)
      if (!hasFiles(event)) return
      event.preventDefault()
      attach({ person, ticket, mode }, event.dataTransfer?.files ?? [])
    }
    window.addEventListener('dragover', over)
    window.addEventListener('dragleave', leave)
    window.addEventListener('drop', drop)
    return () => {
      window.removeEventListener('dragover', over)
      window.removeEventListener('dragleave', leave)
      window.removeEventListener('drop', drop)
    }
  }, [person, ticket, mode])
  return isOver
}

/** The files of what is pasted: a picture, and not the picture of a text that office programs put beside it. */
export function pastedFiles({ files, types }: DataTransfer): readonly File[] {
  return types.includes('text/plain') ? [] : [...files]
}
