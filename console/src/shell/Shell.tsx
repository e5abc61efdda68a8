import { Outlet, useNavigate, useRouterState, useSearch } from '@tanstack/react-router'
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components'
import { Palette } from '../actions/Palette.tsx'
import { openPalette } from '../actions/palette.ts'
import { useShortcuts } from '../actions/shortcuts.ts'
import { useFeed, useFeedState } from '../api/feed.ts'
import { useOnline } from '../api/online.ts'
import { chooseLanguage, useWords } from '../i18n/words.ts'
import { MacroPart } from '../macros/MacroPart.tsx'
import { SignIn } from '../session/SignIn.tsx'
import { signOut, useMe, useSession } from '../session/session.ts'
import { chooseTheme, THEMES } from '../theme/theme.ts'
import { LinkPart } from '../tickets/LinkPart.tsx'
import { MergeDialog } from '../tickets/MergeDialog.tsx'
import { Outbox } from '../tickets/Outbox.tsx'
import { SearchBox } from '../tickets/SearchBox.tsx'
import { SnoozeDialog } from '../tickets/SnoozeDialog.tsx'
import { SplitPart } from '../tickets/SplitPart.tsx'
import { ViewDialog } from '../views/ViewDialog.tsx'
import { Views } from '../views/Views.tsx'
import { Logo } from './Logo.tsx'
import { MissingPart } from './MissingPart.tsx'

/** Around every page: the sign-in where nobody is there, else the bar at the top and the views at the left. */
export function Shell() {
  const words = useWords()
  const session = useSession()
  const isLink = useRouterState({ select: ({ matches }) => matches.some(({ routeId }) => routeId === '/password') })
  // A link is for whoever has it, signed in or not.
  if (isLink)
    return (
      <>
        <MissingPart />
        <Outlet />
      </>
    )
  if (session.isPending) return <div className="loading-page" role="status" aria-label={words.list.loading} />
  if (session.isError)
    return (
      <main className="sign-in">
        <div className="sign-in-card">
          <Logo />
          <p role="alert">{words.session.away}</p>
          <Button className="button primary" onPress={() => void session.refetch()}>
            {words.list.again}
          </Button>
        </div>
      </main>
    )
  return session.data ? <Desk /> : <SignIn />
}

function Desk() {
  const words = useWords()
  const isOpen = useRouterState({
    select: ({ matches }) => matches.some(({ routeId }) => routeId === '/tickets/$ticketId'),
  })
  const { view = '' } = useSearch({ strict: false })
  const feedState = useFeedState()
  const isOnline = useOnline()
  useFeed()
  useShortcuts()
  return (
    <div className="desk" data-ticket={isOpen || undefined}>
      <a className="skip" href="#main">
        {words.shell.skip}
      </a>
      <header className="bar">
        <Logo />
        <SearchBox />
        <Button className="button quiet commands" onPress={openPalette}>
          {words.shell.commands} <kbd>Ctrl K</kbd>
        </Button>
        <Account />
      </header>
      <MissingPart />
      {(feedState === 'away' || !isOnline) && (
        <p className="offline" role="status">
          {words.shell.offline}
        </p>
      )}
      <div className="columns">
        <Views current={view} />
        <Outlet />
      </div>
      <Palette />
      <ViewDialog />
      <MergeDialog />
      <LinkPart />
      <SplitPart />
      <SnoozeDialog />
      <MacroPart />
      <Outbox />
    </div>
  )
}

function Account() {
  const words = useWords()
  const { user } = useMe()
  const navigate = useNavigate()
  const name = `${user.name} ${user.surname}`.trim()
  return (
    <MenuTrigger>
      <Button className="button quiet account" aria-label={`${words.shell.account}: ${name}`}>
        <span className="avatar" aria-hidden="true" data-initials={user.name.slice(0, 1) + user.surname.slice(0, 1)} />
      </Button>
      <Popover className="popover">
        <Menu className="menu" aria-label={words.shell.account}>
          {THEMES.map((theme) => (
            <MenuItem key={theme} className="item" onAction={() => chooseTheme(theme)}>
              {`${words.shell.theme}: ${words.shell.themes[theme]}`}
            </MenuItem>
          ))}
          <MenuItem className="item" onAction={() => void chooseLanguage('en')}>
            English
          </MenuItem>
          <MenuItem className="item" onAction={() => void chooseLanguage('de')}>
            Deutsch
          </MenuItem>
          <MenuItem className="item" onAction={() => void navigate({ to: '/settings' })}>
            {words.settings.title}
          </MenuItem>
          <MenuItem className="item" href="/docs" target="_blank">
            {words.shell.documents}
          </MenuItem>
          <MenuItem className="item" onAction={() => void signOut()}>
            {words.session.signOut}
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}
