import { useWords } from '../i18n/words.ts'
import { useMe } from '../session/session.ts'
import { Choice } from '../tickets/Choice.tsx'
import { useCatalogue } from '../tickets/ticket.ts'

/** For whom something is that colleagues share. */
interface Shared {
  readonly audience: 'private' | 'group' | 'everyone'
  readonly group: { readonly id: string; readonly name: string } | null
}

interface Props {
  readonly value: string
  readonly onChange: (value: string) => void
  /** What is changed; null for what is new. */
  readonly shared: Shared | null
}

/** For whom something is: oneself, one of the groups that one may share it with, or everyone. */
export function Audience({ value, onChange, shared }: Props) {
  const words = useWords()
  const me = useMe()
  const { data: catalogue } = useCatalogue()
  const manages = me.user.owner || me.desks.some(({ role }) => role === 'admin')
  const groups = (manages ? catalogue?.groups : me.groups) ?? []
  const current = shared?.group && !groups.some(({ id }) => id === shared.group?.id) ? [shared.group] : []
  const options = [
    { id: 'private', name: words.saved.private },
    ...[...groups, ...current].map(({ id, name }) => ({ id, name: words.saved.group(name) })),
    ...(manages ? [{ id: 'everyone', name: words.saved.everyone }] : []),
  ]
  if (options.length === 1) return null
  return <Choice label={words.saved.audience} value={value} options={options} onChange={onChange} />
}

/** An audience as one choice: a word, or the group's id. */
export function audienceOf(shared: Shared | null): string {
  return shared?.group?.id ?? shared?.audience ?? 'private'
}

/** A choice as the API takes it. */
export function sharedBy(choice: string) {
  if (choice === 'private' || choice === 'everyone') return { audience: choice, group: null } as const
  return { audience: 'group', group: choice } as const
}
