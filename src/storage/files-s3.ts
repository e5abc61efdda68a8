import { createHash } from 'node:crypto'
import { openAsBlob } from 'node:fs'
import { Readable } from 'node:stream'
import { AwsClient } from 'aws4fetch'
import { StoreUnavailable } from './failures.ts'
import { asUnavailable, type FileKey, type FileStore, isFileId, partsOf } from './files.ts'

/** A store that speaks S3: Amazon's own, or another's. */
export interface S3Options {
  /** Where it answers, for instance `https://s3.eu-central-1.amazonaws.com`. */
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** How long the store may take to be sent a file and begin its answer, in milliseconds. */
const PATIENCE_MS = 60_000

/** The SHA-256 of a request without a body. */
const NO_BYTES = createHash('sha256').digest('hex')

/** What a store answered that should not have been. */
export class StoreAnswer extends Error {
  readonly status: number
  /** As S3 names what is wrong, or an empty text. */
  readonly code: string
  /** The region that it wants in place of ours, where it says so. */
  readonly region: string | null
  constructor(status: number, method: string, told: string, region: string | null) {
    const code = /<Code>([^<]*)<\/Code>/.exec(told)?.[1] ?? ''
    super(`The file store answered ${status} to ${method}: ${told || code}`)
    this.name = 'StoreAnswer'
    this.status = status
    this.code = code
    this.region = region ?? /<Region>([^<]*)<\/Region>/.exec(told)?.[1] ?? null
  }
}

type Headers = Readonly<Record<string, string>>

/**
 * Keeps files in a bucket, as `<tenant>/<id>`. Requests are signed with AWS Signature Version 4, that of the bytes
 * included, and name the bucket in the path, which every S3-compatible store understands.
 */
export function openS3Files(options: S3Options): FileStore {
  const { accessKeyId, secretAccessKey, region } = options
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3' })
  const bucket = `${options.endpoint.replace(/\/$/, '')}/${encodeURIComponent(options.bucket)}`
  const urlOf = (key: FileKey): string => `${bucket}/${partsOf(key).join('/')}`

  /** @throws StoreUnavailable unless the store answers with one of these statuses. */
  async function ask(
    method: string,
    url: string,
    expected: readonly number[],
    headers: Headers = {},
    body?: Blob,
  ): Promise<Response> {
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), PATIENCE_MS)
    try {
      const signed = await client.sign(url, { method, headers })
      const answer = await fetch(signed.url, {
        method,
        headers: signed.headers,
        redirect: 'manual',
        signal: late.signal,
        ...(body && { body }),
      })
      if (expected.includes(answer.status)) return answer
      const told = (await answer.text()).slice(0, 500)
      throw new StoreAnswer(answer.status, method, told, answer.headers.get('x-amz-bucket-region'))
    } catch (error) {
      throw new StoreUnavailable(error)
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    async keep(key, file) {
      const body = await openAsBlob(file.path).catch((error: unknown) => {
        throw asUnavailable(error)
      })
      const headers = { 'content-type': 'application/octet-stream', 'x-amz-content-sha256': file.sha256 }
      await finish(await ask('PUT', urlOf(key), [200], headers, body))
    },
    async copy(key, id) {
      const source = `/${encodeURIComponent(options.bucket)}/${partsOf(key).join('/')}`
      const headers = { 'x-amz-copy-source': source, 'x-amz-content-sha256': NO_BYTES }
      const answer = await ask('PUT', urlOf({ tenantId: key.tenantId, id }), [200, 404], headers)
      const told = await textOf(answer)
      // CopyObject begins its answer before it is done, and may end it with an error.
      if (answer.status === 200 && told.includes('<Error>')) throw new StoreUnavailable(new Error(told.slice(0, 500)))
      return answer.status === 200
    },
    async open(key) {
      const answer = await ask('GET', urlOf(key), [200, 404])
      if (answer.status === 200 && answer.body) return Readable.fromWeb(answer.body)
      await finish(answer)
      return null
    },
    async remove(keys) {
      for (const key of keys) await finish(await ask('DELETE', urlOf(key), [200, 204, 404]))
    },
    async *list(tenantId) {
      const [prefix] = partsOf({ tenantId, id: tenantId })
      for (let token: string | null = ''; token !== null; ) {
        const query = new URLSearchParams({ 'list-type': '2', prefix: `${prefix}/` })
        if (token) query.set('continuation-token', token)
        const answer = await ask('GET', `${bucket}?${query}`, [200])
        const page = readListing(await textOf(answer))
        for (const { key, since } of page.files) {
          const id = key.slice(prefix.length + 1)
          if (isFileId(id)) yield { id, since }
        }
        token = page.next
      }
    },
  }
}

/** Lets the connection go on to the next request. */
async function finish(answer: Response): Promise<void> {
  await answer.body?.cancel()
}

/** @throws StoreUnavailable when the connection breaks in the middle. */
async function textOf(answer: Response): Promise<string> {
  try {
    return await answer.text()
  } catch (error) {
    throw new StoreUnavailable(error)
  }
}

/** A page of ListObjectsV2. Keys are ids of ours, so nothing in them is escaped; a token may be. */
export function readListing(xml: string): {
  readonly files: readonly { readonly key: string; readonly since: Date }[]
  readonly next: string | null
} {
  const inside = (text: string, name: string): string | undefined =>
    new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1]
  const files = [...xml.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)].flatMap(([, each = '']) => {
    const key = inside(each, 'Key')
    const since = new Date(inside(each, 'LastModified') ?? '')
    return key === undefined || Number.isNaN(since.getTime()) ? [] : [{ key, since }]
  })
  const next = inside(xml, 'NextContinuationToken')
  return { files, next: next === undefined ? null : unescaped(next) }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (entity, name: string) => ENTITIES[name] ?? entity)
}
