import { useNavigate, useSearch } from '@tanstack/react-router'
import { DialogForm } from '../forms/DialogForm.tsx'
import { useWords } from '../i18n/words.ts'
import { Segments } from '../shell/Segments.tsx'
import { CATALOGUE_LISTS } from './lists.ts'
import { NewRecord, Records } from './Records.tsx'
import { RECORD_LISTS } from './records.ts'

/** What tickets may be given, list by list. */
export function Catalogue() {
  const words = useWords()
  const said = words.catalogue
  const navigate = useNavigate()
  const { list: shown = 'topics' } = useSearch({ from: '/settings/catalogue' })
  const list = RECORD_LISTS[shown]
  return (
    <>
      <header className="page-head">
        <h1>{words.pages.catalogue}</h1>
        <DialogForm key={shown} action={said.adds[shown]} title={said.adds[shown]}>
          {(close) => <NewRecord list={list} onDone={close} />}
        </DialogForm>
      </header>
      <div className="page-tools">
        <Segments
          label={words.pages.catalogue}
          value={shown}
          options={CATALOGUE_LISTS.map((id) => ({ id, name: said.lists[id] }))}
          onChange={(list) => void navigate({ to: '/settings/catalogue', search: { list }, replace: true })}
        />
      </div>
      <p className="hint">{said.abouts[shown]}</p>
      <Records list={list} label={said.lists[shown]} />
    </>
  )
}
