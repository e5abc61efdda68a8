import type { CreateJobBody, Me, Ticket } from '../../../sdk/operations.ts'
import type { Words } from '../i18n/en.ts'
import { askMacro, knownMacros } from '../macros/macros.ts'
import { isOfferedTo, PAGES, type SettingsPage } from '../settings/pages.ts'
import { chooseTheme, THEMES } from '../theme/theme.ts'
import { type Ability, can } from '../tickets/abilities.ts'
import { changeTicket, markTicket, PRIORITIES, STATUSES, undoLast } from '../tickets/change.ts'
import { compose } from '../tickets/composing.ts'
import { askLink } from '../tickets/linking.ts'
import { askInto } from '../tickets/merging.ts'
import { changePicked, hasPicked, isPicking, pick, pickTo, unpick } from '../tickets/picked.ts'
import { focusSearch } from '../tickets/SearchBox.tsx'
import { askSnooze, wake } from '../tickets/snoozing.ts'
import { editView } from '../views/editing.ts'
import { knownViews, nameOf, VIEWS, type ViewId } from '../views/views.ts'
import { openPalette } from './palette.ts'

/** What an action may work on: what is on screen at the moment. */
export interface Scene {
  readonly me: Me
  /** The ticket that is open, else the one of the list that is selected. */
  readonly ticket: Ticket | null
  readonly isOpen: boolean
  /** Moves the selection in the list. */
  readonly move: (by: 1 | -1) => void
  /** The ticket of the list after or before the selected one. */
  readonly neighbour: (by: 1 | -1) => Ticket | null
  readonly open: (id: string) => void
  readonly close: () => void
  readonly goTo: (view: ViewId) => void
  /** Lists all tickets for which a query holds. */
  readonly find: (q: string) => void
  readonly settings: (page: SettingsPage) => void
}

/** Something that one can do: offered as a button, a menu's entry, a command of the palette, and a shortcut. */
export interface Action {
  readonly id: string
  readonly name: string
  /** Keys one after the other, with a space between them. */
  readonly keys?: string
  /** Whether it is offered at the moment; always by default. */
  readonly isOffered?: (scene: Scene) => boolean
  readonly run: (scene: Scene) => void
}

/** Works on the ticket at hand, where it may be done. */
function onTicket(
  work: (ticket: Ticket, scene: Scene) => void,
  needs: Ability | null = null,
): Pick<Action, 'isOffered' | 'run'> {
  return {
    isOffered: ({ ticket }) => ticket !== null && (needs === null || can(ticket, needs)),
    run: (scene) => scene.ticket && work(scene.ticket, scene),
  }
}

/** Changes what is picked, else the ticket at hand. */
function apply(ticket: Ticket, change: NonNullable<CreateJobBody['change']>): void {
  void (hasPicked() ? changePicked(change) : changeTicket(ticket, change))
}

/** Opens the ticket beside the one at hand. */
function onNeighbour(by: 1 | -1): Pick<Action, 'isOffered' | 'run'> {
  return {
    isOffered: ({ neighbour }) => neighbour(by) !== null,
    run: ({ neighbour, open }) => {
      const beside = neighbour(by)
      if (beside) open(beside.id)
    },
  }
}

/** How keys are told: a capital letter is that of the Shift key. */
export function shownKeys(keys: string): string {
  return keys.replace(/\b[A-Z]$/, (letter) => `Shift ${letter.toLowerCase()}`)
}

/** Every action there is, each defined here once. */
export function actions(words: Words): readonly Action[] {
  const said = words.actions
  return [
    { id: 'next', name: said.next, keys: 'j', run: ({ move }) => move(1) },
    { id: 'previous', name: said.previous, keys: 'k', run: ({ move }) => move(-1) },
    { id: 'open-next', name: said.openNext, keys: 'J', ...onNeighbour(1) },
    { id: 'open-previous', name: said.openPrevious, keys: 'K', ...onNeighbour(-1) },
    { id: 'open', name: said.open, keys: 'Enter', ...onTicket(({ id }, { open }) => open(id)) },
    { id: 'pick', name: said.pick, keys: 'x', ...onTicket(pick) },
    { id: 'pick-to', name: said.pickTo, keys: 'X', ...onTicket(pickTo) },
    { id: 'unpick', name: said.unpick, keys: 'Escape', isOffered: isPicking, run: unpick },
    { id: 'back', name: said.back, keys: 'Escape', isOffered: ({ isOpen }) => isOpen, run: ({ close }) => close() },
    {
      id: 'reply',
      name: said.reply,
      keys: 'r',
      ...onTicket(({ id }, { open }) => {
        open(id)
        compose('reply')
      }, 'reply'),
    },
    {
      id: 'note',
      name: said.note,
      keys: 'n',
      ...onTicket(({ id }, { open }) => {
        open(id)
        compose('note')
      }, 'note'),
    },
    {
      id: 'take',
      name: said.take,
      keys: 'a',
      ...onTicket((ticket, { me }) => apply(ticket, { assignee: me.user.id }), 'assign'),
    },
    {
      id: 'solve',
      name: said.solve,
      keys: 'e',
      ...onTicket((ticket) => apply(ticket, { status: 'solved' }), 'status'),
    },
    { id: 'snooze', name: said.snooze, keys: 'h', ...onTicket(askSnooze, 'change') },
    {
      id: 'wake',
      name: said.wake,
      isOffered: ({ ticket }) => ticket !== null && ticket.snoozed_until !== null && can(ticket, 'change'),
      run: ({ ticket }) => ticket && void wake(ticket),
    },
    { id: 'undo', name: said.undo, keys: 'z', ...onTicket((ticket) => void undoLast(ticket), 'change') },
    {
      id: 'unread',
      name: said.unread,
      keys: 'u',
      ...onTicket((ticket, { close }) => {
        close()
        void markTicket(ticket, 'unread')
      }),
    },
    {
      id: 'macro',
      name: words.macros.run,
      keys: 'y',
      ...onTicket((ticket) => askMacro({ ticket, macro: null }), 'note'),
    },
    ...knownMacros().map((macro) => ({
      id: `macro.${macro.id}`,
      name: words.macros.called(macro.name),
      ...onTicket((ticket) => askMacro({ ticket, macro }), 'note'),
    })),
    { id: 'merge', name: said.merge, keys: 'm', ...onTicket(askInto, 'merge') },
    { id: 'link', name: said.link, keys: 'l', ...onTicket(askLink, 'link') },
    { id: 'search', name: said.search, keys: '/', run: focusSearch },
    { id: 'commands', name: said.commands, keys: '?', run: openPalette },
    ...VIEWS.map(({ id, key }) => ({
      id: `go.${id}`,
      name: said.goTo(nameOf(id, words, [])),
      keys: `g ${key}`,
      run: ({ goTo }: Scene) => goTo(id),
    })),
    ...knownViews().flatMap(({ id, name, saved }) =>
      saved ? [{ id: `go.${id}`, name: said.goTo(name), run: ({ goTo }: Scene) => goTo(id) }] : [],
    ),
    { id: 'saveView', name: words.saved.save, run: () => editView({ what: 'save' }) },
    ...PAGES.map((page) => ({
      id: `settings.${page.id}`,
      name: page.needs === null ? words.settings.title : said.goTo(words.pages[page.id]),
      ...(page.needs === null && { keys: 'g ,' }),
      isOffered: ({ me }: Scene) => isOfferedTo(me, page),
      run: ({ settings }: Scene) => settings(page),
    })),
    ...STATUSES.map((status) => ({
      id: `status.${status}`,
      name: said.setStatus(words.statuses[status]),
      ...onTicket((ticket) => apply(ticket, { status }), status === 'closed' ? 'close' : 'status'),
    })),
    ...PRIORITIES.map((priority) => ({
      id: `priority.${priority}`,
      name: said.setPriority(words.priorities[priority]),
      ...onTicket((ticket) => apply(ticket, { priority }), 'change'),
    })),
    ...THEMES.map((theme) => ({
      id: `theme.${theme}`,
      name: said.theme(words.shell.themes[theme]),
      run: () => chooseTheme(theme),
    })),
  ]
}
