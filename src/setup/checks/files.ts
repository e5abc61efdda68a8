import { randomBytes, randomUUID } from 'node:crypto'
import { errorCode } from '../../storage/failures.ts'
import type { Files } from '../../storage/files.ts'
import type { S3Options } from '../../storage/files-s3.ts'
import { StoreAnswer } from '../../storage/files-s3.ts'
import { check, type Finding, fine, warning, wrong } from './check.ts'

/** No tenant has this id; what a failed check leaves behind lies apart. */
const NOBODY = '00000000-0000-4000-8000-000000000000'
const BYTES = 64

type Step = 'write' | 'read' | 'list' | 'copy' | 'delete'

/** Whether the store of attachments does all that is asked of it, by doing each thing once. */
export const files = check('files', async ({ config: { s3 }, files: given }) => {
  if (!s3) return fine('Attachments are in the data directory.')
  let step: Step = 'write'
  try {
    const problem = await tryAll(given, (next) => {
      step = next
    })
    return problem ?? fine(`The bucket ${s3.bucket} can be written, read, listed, copied in and deleted from.`)
  } catch (error) {
    return explained(error, step, s3)
  }
})

async function tryAll({ store, inbox }: Files, begin: (step: Step) => void): Promise<Omit<Finding, 'check'> | null> {
  const content = randomBytes(BYTES)
  const [key, copy] = [randomUUID(), randomUUID()].map((id) => ({ tenantId: NOBODY, id }))
  if (!key || !copy) throw new Error('There are two keys.')
  const received = await inbox.receive(
    (async function* () {
      yield content
    })(),
  )
  try {
    await store.keep(key, received)
    begin('read')
    const read = await store.open(key)
    if (!read || !content.equals(Buffer.concat(await read.toArray()))) return differs('read back')
    begin('list')
    const listed = new Set<string>()
    for await (const { id } of store.list(NOBODY)) listed.add(id)
    if (!listed.has(key.id)) return differs('listed')
    begin('copy')
    if (!(await store.copy(key, copy.id))) return differs('copied')
    begin('delete')
    await store.remove([key, copy])
    return (await store.open(key)) === null
      ? null
      : wrong('The store of attachments still has a file that was deleted.')
  } finally {
    await inbox.discard(received)
    // Of no use when it failed before; and what cannot be deleted has been told.
    await store.remove([key, copy]).catch(() => {})
  }
}

function differs(what: string): Omit<Finding, 'check'> {
  return wrong(
    `A file that was written to the store of attachments cannot be ${what}: check that POLYDESK_S3_ENDPOINT is the address of the store without the bucket.`,
  )
}

function explained(error: unknown, step: Step, s3: S3Options): Omit<Finding, 'check'> {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  if (cause instanceof StoreAnswer) return ofAnswer(cause, step, s3)
  const code = errorCode(cause) ?? errorCode(cause instanceof Error ? cause.cause : null) ?? ''
  const said = code || (cause instanceof Error ? cause.message : String(cause))
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return wrong(`POLYDESK_S3_ENDPOINT names a host that does not exist (${s3.endpoint}): check it.`)
  if (/^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS)/.test(code))
    return wrong(
      `The certificate at POLYDESK_S3_ENDPOINT (${s3.endpoint}) is not trusted (${code}): correct it there, or name its authority's file in NODE_EXTRA_CA_CERTS.`,
    )
  return wrong(
    `Nothing answers at POLYDESK_S3_ENDPOINT (${s3.endpoint}: ${said}): check the address, and that it runs.`,
  )
}

function ofAnswer({ status, code, region, message }: StoreAnswer, step: Step, s3: S3Options): Omit<Finding, 'check'> {
  const { endpoint, bucket } = s3
  if (nameOf(endpoint) === bucket || new URL(endpoint).hostname.startsWith(`${bucket}.`))
    return wrong(
      `POLYDESK_S3_ENDPOINT (${endpoint}) names the bucket ${bucket} already: leave it out there, POLYDESK_S3_BUCKET adds it.`,
    )
  switch (code) {
    case 'NoSuchBucket':
      return wrong(`There is no bucket ${bucket} at ${endpoint}: make it, or correct POLYDESK_S3_BUCKET.`)
    case 'InvalidAccessKeyId':
      return wrong(`The store at ${endpoint} does not know the key of POLYDESK_S3_ACCESS_KEY_ID: correct it.`)
    case 'SignatureDoesNotMatch':
      return wrong('POLYDESK_S3_SECRET_ACCESS_KEY does not belong to POLYDESK_S3_ACCESS_KEY_ID: correct one of them.')
    case 'RequestTimeTooSkewed':
      return wrong(
        'The clock of this computer differs from that of the store of attachments by more than it allows: set it by a time server.',
      )
    case 'AuthorizationHeaderMalformed':
    case 'PermanentRedirect':
    case 'IllegalLocationConstraintException':
      return wrong(
        `The bucket ${bucket} is in another region than ${s3.region}: set POLYDESK_S3_REGION${region ? ` to ${region}` : ''} and the endpoint of that region.`,
      )
    case 'AccessDenied':
      return wrong(
        `The key of POLYDESK_S3_ACCESS_KEY_ID may not ${step} files in the bucket ${bucket}: grant it s3:PutObject, s3:GetObject, s3:DeleteObject and s3:ListBucket.`,
      )
  }
  // Its own trouble, which passes: uploads are answered as unavailable until then.
  if (status >= 500)
    return warning(`The store of attachments cannot ${step} files now (${status}): look at what it logs.`)
  return wrong(`The store of attachments refuses to ${step} a file: ${message} Check the options POLYDESK_S3_....`)
}

/** The last part of a URL's path. */
function nameOf(endpoint: string): string {
  return decodeURIComponent(new URL(endpoint).pathname.split('/').filter(Boolean).at(-1) ?? '')
}
