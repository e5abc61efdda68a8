import { useNavigate, useSearch } from '@tanstack/react-router'
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components'
import { DialogForm } from '../forms/DialogForm.tsx'
import { useWords } from '../i18n/words.ts'
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
        <ToggleButtonGroup
          className="segments"
          aria-label={words.pages.catalogue}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[shown]}
          onSelectionChange={([chosen]) => {
            const next = CATALOGUE_LISTS.find((each) => each === chosen)
            if (next) void navigate({ to: '/settings/catalogue', search: { list: next }, replace: true })
          }}
        >
          {CATALOGUE_LISTS.map((each) => (
            <ToggleButton key={each} className="segment" id={each}>
              {said.lists[each]}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
      </div>
      <p className="hint">{said.abouts[shown]}</p>
      <Records list={list} label={said.lists[shown]} />
    </>
  )
}
