import { useState } from 'react'
import {
  Autocomplete,
  Dialog,
  Heading,
  Input,
  Menu,
  MenuItem,
  Modal,
  ModalOverlay,
  SearchField,
  useFilter,
} from 'react-aria-components'
import { useWords } from '../i18n/words.ts'
import { actions, shownKeys } from './actions.ts'
import { setPalette, usePalette } from './palette.ts'
import { useScene } from './scene.ts'

/** Every action that is offered at the moment, found by its words: "urgent" sets it. */
export function Palette() {
  const words = useWords()
  const isOpen = usePalette()
  const { contains } = useFilter({ sensitivity: 'base' })
  const scene = useScene()
  const [typed, setTyped] = useState('')
  const now = scene()
  const offered = actions(words).filter(({ isOffered }) => isOffered?.(now) ?? true)
  const run = (id: unknown): void => {
    setPalette(false)
    offered.find((action) => action.id === id)?.run(scene())
  }
  return (
    <ModalOverlay
      className="overlay"
      isOpen={isOpen}
      onOpenChange={(open) => {
        setPalette(open)
        setTyped('')
      }}
      isDismissable
    >
      <Modal className="palette">
        <Dialog>
          <Heading slot="title" className="hidden-visually">
            {words.palette.title}
          </Heading>
          <Autocomplete filter={contains} inputValue={typed} onInputChange={setTyped}>
            <SearchField aria-label={words.palette.field} autoFocus className="palette-field">
              <Input placeholder={words.palette.field} />
            </SearchField>
            <Menu
              className="palette-list"
              aria-label={words.palette.title}
              items={offered}
              onAction={run}
              renderEmptyState={() => <p className="hint">{words.palette.none}</p>}
            >
              {({ id, name, keys }) => (
                <MenuItem id={id} className="item" textValue={name}>
                  <span>{name}</span>
                  {keys && <kbd>{shownKeys(keys)}</kbd>}
                </MenuItem>
              )}
            </Menu>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
