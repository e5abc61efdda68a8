/**
 * Mail servers of Debian, each started by a test in a scratch folder on loopback: Postfix, which brings mail to Polydesk and
 * to people, and Dovecot, where people and desks have their mailboxes.
 */
import { execFileSync } from 'node:child_process'
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type FetchMessageObject, ImapFlow } from 'imapflow'
import { type Program, type Scratch, startProgram, unlessInstalled } from '../deploy/programs.ts'
import { freePort } from '../process.ts'

/** The value of a test's `skip`. Postfix and Dovecot change users while they start, which only root can do. */
export function unlessMailServers(): string | false {
  if (process.getuid?.() !== 0) return 'mail servers start as root'
  return unlessInstalled('postfix', 'dovecot', 'imap', 'lmtp')
}

/** The domain of the people who write to desks; all of their mailboxes are in one Dovecot. */
export const PEOPLE = 'people.example'
/** The password of every mailbox. */
export const PASSWORD = 'a password of "tests" \\ %'

/** A server with mailboxes: whoever is named has one. */
export interface Dovecot extends Program {
  readonly imapPort: number
  readonly lmtpPort: number
}

export interface DovecotOptions {
  /** The ports of one that ran in the same folder before. */
  readonly ports?: Pick<Dovecot, 'imapPort' | 'lmtpPort'>
}

/** Starts Dovecot with its mailboxes in the scratch folder, where those of an earlier one still are. */
export async function startDovecot({ path: folder }: Scratch, { ports }: DovecotOptions = {}): Promise<Dovecot> {
  const { imapPort, lmtpPort } = ports ?? { imapPort: await freePort(), lmtpPort: await freePort() }
  const file = join(folder, 'dovecot.conf')
  await mkdir(join(folder, 'mailboxes'), { recursive: true })
  await chown(join(folder, 'mailboxes'), NOBODY, NOBODY)
  await writeFile(join(folder, 'passwords'), `${PASSWORD}\n`)
  await writeFile(
    file,
    `base_dir = ${folder}/dovecot
log_path = /dev/stderr
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:~/Maildir
first_valid_uid = ${NOBODY}
first_valid_gid = ${NOBODY}
recipient_delimiter = +
lmtp_save_to_detail_mailbox = no
passdb {
  driver = static
  args = password=${dovecotHash()}
}
userdb {
  driver = static
  args = uid=${NOBODY} gid=${NOBODY} home=${folder}/mailboxes/%n allow_all_users=yes
}
namespace inbox {
  inbox = yes
  separator = /
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${imapPort}
  }
  inet_listener imaps {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    port = ${lmtpPort}
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
`,
  )
  const running = await startProgram('dovecot', ['-F', '-c', file], { port: imapPort })
  return { ...running, imapPort, lmtpPort }
}

const NOBODY = 65_534

/** As Dovecot keeps a password, so that it stands in its configuration whatever characters it has. */
function dovecotHash(): string {
  return execFileSync('doveadm', ['-c', '/dev/null', 'pw', '-s', 'SHA512-CRYPT', '-p', PASSWORD], {
    encoding: 'utf8',
  }).trim()
}

/** A server that brings mail from everybody to everybody. */
export interface Postfix extends Program {
  readonly port: number
}

export interface PostfixRoutes {
  /** Domains, and where mail for them is handed over, as in a transport table. */
  readonly [domain: string]: string
}

/** Starts Postfix, which hands on what is for some domains, and refuses to take anything for others. */
export async function startPostfix({ path: folder }: Scratch, routes: PostfixRoutes): Promise<Postfix> {
  const port = await freePort()
  const config = join(folder, 'postfix')
  const spool = join(folder, 'spool')
  const data = join(folder, 'postfix-data')
  for (const each of [config, spool, data]) await mkdir(each, { recursive: true })
  await chmod(spool, 0o755)
  execFileSync('chown', ['postfix', data])
  const table = Object.entries(routes).map(([domain, route]) => `{${domain} = ${route}}`)
  await writeFile(
    join(config, 'main.cf'),
    `compatibility_level = 3.6
myhostname = mx.example
mydestination =
queue_directory = ${spool}
data_directory = ${data}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
disable_dns_lookups = yes
smtp_host_lookup = native
relay_domains = ${Object.keys(routes).join(', ')}
transport_maps = inline:{ ${table.join(', ')} }
alias_maps =
alias_database =
smtpd_relay_restrictions = reject_unauth_destination
smtpd_peername_lookup = no
maillog_file = ${folder}/postfix.log
maillog_file_prefixes = ${folder}
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
header_size_limit = 102400
`,
  )
  await writeFile(
    join(config, 'master.cf'),
    `127.0.0.1:${port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
`,
  )
  // It makes its queues, and tells what it does not like.
  execFileSync('postfix', ['-c', config, 'check'])
  const running = await startProgram('master', ['-c', config, '-d'], { port })
  return { ...running, port }
}

/** What somebody sees who opens a mailbox with a program of theirs. */
export async function inMailbox<T>(
  { imapPort }: Pick<Dovecot, 'imapPort'>,
  user: string,
  look: (client: ImapFlow) => Promise<T>,
  folder = 'INBOX',
): Promise<T> {
  const client = new ImapFlow({
    ...{ host: '127.0.0.1', port: imapPort, secure: false, logger: false },
    auth: { user, pass: PASSWORD },
  })
  await client.connect()
  try {
    await client.mailboxOpen(folder)
    return await look(client)
  } finally {
    await client.logout()
  }
}

/** All that is in a mailbox, the oldest first, and nothing of it marked as seen. */
export function mailsIn(dovecot: Pick<Dovecot, 'imapPort'>, user: string): Promise<readonly FetchMessageObject[]> {
  return inMailbox(dovecot, user, (client) =>
    client.fetchAll('1:*', { uid: true, flags: true, source: true }, { uid: true }),
  )
}
