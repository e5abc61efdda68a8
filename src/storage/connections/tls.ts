import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { type ConnectionOptions, checkServerIdentity, getCACertificates } from 'node:tls'
import { errorCode, StoreUnusable } from '../failures.ts'
import type { Host, TlsTarget } from './target.ts'

/** What one attempt to connect does about TLS: false for none. */
export type Tls = ConnectionOptions | false

/**
 * The attempts that a mode makes, one after the other, in libpq's order. On a Unix socket there is no TLS.
 *
 * @throws StoreUnusable when a file that was named cannot be read, or a check is asked for that nothing allows
 * @see https://www.postgresql.org/docs/current/libpq-ssl.html
 */
export async function tlsAttempts(target: TlsTarget, host: Host): Promise<readonly Tls[]> {
  if (target.mode === 'disable' || host.host.startsWith('/')) return [false]
  const secured = await secure(target, host)
  if (target.mode === 'allow') return [false, secured]
  return target.mode === 'prefer' ? [secured, false] : [secured]
}

async function secure(target: TlsTarget, { host }: Host): Promise<ConnectionOptions> {
  const { mode } = target
  const authority = await authorityOf(target)
  const [cert, key, crl] = await Promise.all([
    fileOf('sslcert', target.certificate, 'postgresql.crt'),
    fileOf('sslkey', target.key, 'postgresql.key'),
    fileOf('sslcrl', target.revocations, 'root.crl'),
  ])
  // With an authority at hand every mode looks whether it signed the certificate; only verify-full asks for whom.
  const isChecked = authority !== null || mode === 'verify-full'
  return {
    // What follows is looked up by the name, also when the connection goes to an address.
    ...(isIP(host) === 0 && { servername: host }),
    minVersion: target.minimumVersion,
    ...(target.maximumVersion && { maxVersion: target.maximumVersion }),
    rejectUnauthorized: isChecked,
    checkServerIdentity: (_asked, certificate) =>
      mode === 'verify-full' ? checkServerIdentity(host, certificate) : undefined,
    ...(authority && { ca: [...authority] }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(target.keyPassword !== null && { passphrase: target.keyPassword }),
    ...(crl && isChecked && { crl }),
  }
}

/** Whose signature counts; null when there is nobody, or for verify-full those that Node trusts. */
async function authorityOf({ mode, rootCertificate }: TlsTarget): Promise<readonly string[] | null> {
  if (rootCertificate === 'system') {
    const trusted = getCACertificates('system')
    return trusted.length > 0 ? trusted : null
  }
  const own = await fileOf('sslrootcert', rootCertificate, 'root.crt')
  if (own !== null) return [own]
  if (mode === 'verify-ca')
    throw new StoreUnusable(
      'DATABASE_URL has sslmode=verify-ca, which needs the certificate of the authority: add sslrootcert=FILE, or use sslmode=verify-full for one that everybody trusts.',
    )
  return null
}

/**
 * The content of a file that was named, or of libpq's own where there is one.
 *
 * @throws StoreUnusable when one that was named cannot be read
 */
async function fileOf(parameter: string, path: string | null, standard: string): Promise<string | null> {
  const home = join(homedir(), '.postgresql', standard)
  try {
    return await readFile(path ?? home, 'utf8')
  } catch (error) {
    if (path === null) return null
    const why = errorCode(error) === 'ENOENT' ? 'does not exist' : 'cannot be read'
    throw new StoreUnusable(`DATABASE_URL has ${parameter}=${path}, and that file ${why}.`)
  }
}
