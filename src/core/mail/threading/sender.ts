import type { Mail, Mailbox } from '../reading/mail.ts'

/** Whose mail it is, and by which header. */
export interface Writer extends Mailbox {
  readonly by: 'from' | 'reply_to' | 'sender' | 'return_path'
}

/**
 * Who wrote a mail: From, unless that is an address of ours, as of forms on a website, or a list's that stands there for its
 * member; then Reply-To. Sender only tells who sent it for them, and counts where nothing else does.
 *
 * @param isOwn whether an address leads to a desk of ours
 * @returns null for a mail of ours, or of nobody
 */
export function writerOf(mail: Mail, isOwn: (address: string) => boolean): Writer | null {
  const other = (mailboxes: readonly Mailbox[], by: Writer['by']): Writer | null => {
    const found = mailboxes.find(({ address }) => address !== '' && !isOwn(address))
    return found ? { ...found, by } : null
  }
  const { returnPath } = mail.trace
  const [first] = mail.from
  const munged = mail.kind.is === 'list' && first !== undefined && isOfList(mail, first.address)
  const from = munged ? null : other(mail.from, 'from')
  return (
    from ??
    other(
      mail.replyTo.filter(({ address }) => !munged || !isOfList(mail, address)),
      'reply_to',
    ) ??
    (munged ? other(mail.cc, 'sender') : null) ??
    other(mail.sender ? [mail.sender] : [], 'sender') ??
    (mail.from.length === 0 && returnPath !== null && returnPath !== 'null path'
      ? other([{ address: returnPath, name: '' }], 'return_path')
      : null)
  )
}

/** Whether an address is that of the list by which a mail came: a list puts its own in the place of who may not send for others. */
function isOfList({ to, cc, listId, headers }: Mail, address: string): boolean {
  const [local = '', domain = ''] = address.toLowerCase().split('@')
  const post = headers.find(({ name }) => name === 'list-post')?.value.toLowerCase() ?? ''
  if (post.includes(`mailto:${address.toLowerCase()}`)) return true
  const isNamed = listId !== null && listId.toLowerCase() === `${local}.${domain}`
  return isNamed && [...to, ...cc].some((each) => each.address.toLowerCase() === address.toLowerCase())
}
