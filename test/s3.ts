import { createHash, createHmac } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'

/**
 * A small store that speaks S3, in this process: no S3 server can be installed with the tests. It checks every signature
 * (AWS Signature Version 4) by a computation of its own, and that the bytes are those that were signed.
 */
export interface S3Double {
  readonly options: {
    readonly endpoint: string
    readonly region: string
    readonly bucket: string
    readonly accessKeyId: string
    readonly secretAccessKey: string
  }
  /** Objects by key. */
  readonly objects: Map<string, { readonly bytes: Buffer; readonly since: Date }>
  /** What was wrong with requests. */
  readonly complaints: string[]
  /** Answers everything with this status while it is set. */
  failWith(status: number | null): void
  /** Lets copies fail after their answer has begun, as S3 tells it: with the status 200. */
  failCopies(fails: boolean): void
  stop(): Promise<void>
}

/** Keys of one page of a listing, few so that pages are met. */
const PAGE = 2

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')
const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** By RFC 3986, as signatures want it: more is encoded than JavaScript does by itself. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** What S3 calls a problem with the signature. */
function codeOf(problem: string): string {
  if (problem.startsWith('The credential')) return 'InvalidAccessKeyId'
  return problem === 'The signature is another.' ? 'SignatureDoesNotMatch' : 'AccessDenied'
}

export async function startS3(): Promise<S3Double> {
  const objects: S3Double['objects'] = new Map()
  const complaints: string[] = []
  let failure: number | null = null
  let copiesFail = false
  const credentials = { region: 'test-1', bucket: 'desk', accessKeyId: 'AKTEST', secretAccessKey: 'secret/of+test' }

  function problemOf(request: IncomingMessage, url: URL, body: Buffer): string | null {
    const header = (name: string): string => String(request.headers[name] ?? '')
    const parts = /^AWS4-HMAC-SHA256 Credential=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      header('authorization'),
    )
    const [, credential = '', signedHeaders = '', signature = ''] = parts ?? []
    const at = header('x-amz-date')
    if (!/^\d{8}T\d{6}Z$/.test(at)) return 'There is no date.'
    const scope = `${at.slice(0, 8)}/${credentials.region}/s3/aws4_request`
    if (credential !== `${credentials.accessKeyId}/${scope}`) return `The credential is ${credential}.`
    const digest = header('x-amz-content-sha256')
    // Without a body nothing but the request itself needs to be signed.
    if (digest !== 'UNSIGNED-PAYLOAD' && digest !== sha256(body)) return 'The bytes are not those that were signed.'
    if (request.method === 'PUT' && digest === 'UNSIGNED-PAYLOAD') return 'The bytes are not signed.'
    const names = signedHeaders.split(';')
    if (request.headers['x-amz-copy-source'] !== undefined && !names.includes('x-amz-copy-source'))
      return 'The source of the copy is not signed.'
    if (!names.includes('host') || !names.includes('x-amz-date')) return 'Host and date are not signed.'
    const query = [...url.searchParams]
      .map((pair) => pair.map(encoded).join('='))
      .sort()
      .join('&')
    const canonical = [
      request.method,
      url.pathname,
      query,
      ...names.map((name) => `${name}:${header(name).trim()}`),
      '',
      signedHeaders,
      digest,
    ].join('\n')
    const toSign = ['AWS4-HMAC-SHA256', at, scope, sha256(canonical)].join('\n')
    const key = scope
      .split('/')
      .reduce<Buffer | string>((made, part) => hmac(made, part), `AWS4${credentials.secretAccessKey}`)
    return hmac(key, toSign).toString('hex') === signature ? null : 'The signature is another.'
  }

  function listing(url: URL): string {
    const prefix = url.searchParams.get('prefix') ?? ''
    // A token as some stores make it, with characters that XML escapes.
    const after = (url.searchParams.get('continuation-token') ?? '').replace(/^a&<>"'/, '')
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort()
    const page = keys.slice(0, PAGE)
    const contents = page.map(
      (key) =>
        `<Contents><Key>${key}</Key><LastModified>${objects.get(key)?.since.toISOString()}</LastModified><Size>1</Size></Contents>`,
    )
    const isCut = keys.length > PAGE
    const next = isCut ? `<NextContinuationToken>a&amp;&lt;&gt;&quot;&apos;${page.at(-1)}</NextContinuationToken>` : ''
    return `<?xml version="1.0"?><ListBucketResult><Name>desk</Name><IsTruncated>${isCut}</IsTruncated>${contents.join('')}${next}</ListBucketResult>`
  }

  /** CopyObject: an object under another key, in a moment of its own. */
  function copied(source: string, key: string): readonly [status: number, content: string] {
    const found = objects.get(source.replace(`/${credentials.bucket}/`, ''))
    if (!found) return [404, '<Error><Code>NoSuchKey</Code></Error>']
    if (copiesFail) return [200, '<?xml version="1.0"?>\n   <Error><Code>InternalError</Code></Error>']
    objects.set(key, { bytes: found.bytes, since: new Date() })
    return [200, '<CopyObjectResult><ETag>"x"</ETag></CopyObjectResult>']
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://double')
    const body = Buffer.concat(await request.toArray())
    const answer = (status: number, content: Buffer | string = ''): void => {
      response.writeHead(status).end(content)
    }
    if (failure !== null) return answer(failure, 'Slow down')
    const problem = problemOf(request, url, body)
    if (problem !== null) {
      complaints.push(problem)
      return answer(403, `<Error><Code>${codeOf(problem)}</Code><Message>${problem}</Message></Error>`)
    }
    const [, bucket, ...rest] = url.pathname.split('/')
    if (bucket !== credentials.bucket) return answer(404, '<Error><Code>NoSuchBucket</Code></Error>')
    const key = rest.join('/')
    if (request.method === 'GET' && key === '') return answer(200, listing(url))
    const source = request.headers['x-amz-copy-source']
    if (request.method === 'PUT' && typeof source === 'string')
      return answer(...copied(decodeURIComponent(source), key))
    if (request.method === 'PUT') {
      if (request.headers['content-length'] === undefined) return answer(411, 'MissingContentLength')
      objects.set(key, { bytes: body, since: new Date() })
      return answer(200)
    }
    if (request.method === 'DELETE') {
      objects.delete(key)
      return answer(204)
    }
    const found = objects.get(key)
    return found ? answer(200, found.bytes) : answer(404, '<Error><Code>NoSuchKey</Code></Error>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The double does not listen.')
  return {
    options: { endpoint: `http://127.0.0.1:${address.port}`, ...credentials },
    objects,
    complaints,
    failWith(status) {
      failure = status
    },
    failCopies(fails) {
      copiesFail = fails
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
