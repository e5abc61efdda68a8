import { useNavigate, useSearch } from '@tanstack/react-router'
import { BookmarkPlus } from 'lucide-react'
import { Button, Input, SearchField } from 'react-aria-components'
import { useWords } from '../i18n/words.ts'
import { editView } from '../views/editing.ts'

const ID = 'search'

export function focusSearch(): void {
  document.getElementById(ID)?.focus()
}

/** Searches in the view that is shown; the words are in the address. */
export function SearchBox() {
  const words = useWords()
  const navigate = useNavigate()
  const { view = 'all', q = '' } = useSearch({ strict: false })
  return (
    <div className="search-place">
      <SearchField
        className="search"
        aria-label={words.shell.search}
        value={q}
        onChange={(value) =>
          void navigate({ to: '/tickets', search: { view, ...(value && { q: value }) }, replace: true })
        }
      >
        <Input id={ID} placeholder={words.shell.search} />
        <span className="key" aria-hidden="true">
          /
        </span>
      </SearchField>
      {q !== '' && (
        <Button className="button quiet icon" aria-label={words.saved.save} onPress={() => editView({ what: 'save' })}>
          <BookmarkPlus size={16} aria-hidden="true" />
        </Button>
      )}
    </div>
  )
}
