import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import type { CreateCredentialAnswer } from '../../../sdk/operations.ts'
import { CopyButton } from '../forms/CopyButton.tsx'
import { ShownOnce } from '../forms/ShownOnce.tsx'
import { useWords } from '../i18n/words.ts'
import { useDesks } from '../people/people.ts'
import { useMe } from '../session/session.ts'
import { type Kind, kindOf, type Values } from './kinds.ts'

interface Props {
  readonly credential: CreateCredentialAnswer
  readonly onDone: () => void
}

/** A credential that was just made: its secret, once, and lines that use it as they are. */
export function Made({ credential, onDone }: Props) {
  const words = useWords()
  const { tenant } = useMe()
  const { data: desks } = useDesks()
  const { name, public_id: publicId, secret } = credential
  const kind = kindOf(credential)
  const values = {
    url: window.location.origin,
    publicId: publicId ?? '',
    secret,
    desk: credential.desk?.id ?? desks?.find((desk) => desk.default)?.id ?? '',
    tenant: tenant.id,
    redirectUri: credential.redirect_uris[0] ?? '',
  }
  const pair = publicId === null ? [] : [{ label: words.credentials.publicId, value: publicId }]
  return (
    <ShownOnce
      hint={words.credentials.onceHint(name)}
      values={[...pair, { label: words.credentials.secret, value: secret }]}
      onDone={onDone}
    >
      {kind && <Lines kind={kind} values={values} />}
    </ShownOnce>
  )
}

function Lines({ kind, values }: { readonly kind: Kind; readonly values: Values }) {
  const words = useWords()
  const lines = [
    { id: 'curl', name: 'curl', text: kind.curl(values) },
    { id: 'program', name: words.credentials.programs(kind.vendor), text: kind.program(values) },
  ]
  return (
    <Tabs className="once-lines">
      <TabList className="tabs" aria-label={words.credentials.lines}>
        {lines.map(({ id, name }) => (
          <Tab key={id} id={id} className="tab">
            {name}
          </Tab>
        ))}
      </TabList>
      {lines.map(({ id, name, text }) => (
        <TabPanel key={id} id={id} className="panel">
          <pre tabIndex={0}>{text}</pre>
          <CopyButton text={text} of={name} />
        </TabPanel>
      ))}
    </Tabs>
  )
}
