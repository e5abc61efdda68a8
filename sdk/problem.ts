/** What is wrong with a field of a request. */
export interface FieldError {
  /** Where: `title`, `requester.email`, `tags[0]`; empty for the whole. */
  readonly field: string
  readonly rule: string
  readonly message: string
  /** Of a query: at which character, for how many, and what would be right there. */
  readonly at?: number
  readonly length?: number
  readonly expected?: string
}

/** A refusal of the server: a problem document (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  /** Stable, for programs: `invalid`, `not_found`, `precondition_failed`, ... */
  readonly code: string
  readonly detail: string | null
  /** Field by field; only with `invalid`. */
  readonly errors: readonly FieldError[]
  /** By which the server's log and events name the request. */
  readonly requestId: string | null
  /** When it is worth trying again, in seconds. */
  readonly retryAfter: number | null

  constructor(status: number, body: ProblemBody, headers: Headers) {
    super(body.detail === null ? body.title : `${body.title}. ${body.detail}`)
    this.status = status
    this.code = body.code
    this.detail = body.detail
    this.errors = body.errors
    this.requestId = headers.get('x-request-id')
    const seconds = Number(headers.get('retry-after'))
    this.retryAfter = seconds > 0 ? seconds : null
  }
}

interface ProblemBody {
  readonly title: string
  readonly code: string
  readonly detail: string | null
  readonly errors: readonly FieldError[]
}

/** The refusal that a response is; of something in between, which knows no problem documents, by its status alone. */
export async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text()
  return new Problem(response.status, readBody(text, response.status), response.headers)
}

function readBody(text: string, status: number): ProblemBody {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch {
    read = null
  }
  const { title, code, detail, errors } = Object(read)
  return {
    title: typeof title === 'string' ? title : `The server answered ${status}`,
    code: typeof code === 'string' ? code : 'unknown',
    detail: typeof detail === 'string' ? detail : null,
    errors: Array.isArray(errors) ? errors.map(readField) : [],
  }
}

function readField(value: unknown): FieldError {
  const { field, rule, message, at, length, expected } = Object(value)
  return {
    field: String(field ?? ''),
    rule: String(rule ?? ''),
    message: String(message ?? ''),
    ...(typeof at === 'number' && { at }),
    ...(typeof length === 'number' && { length }),
    ...(typeof expected === 'string' && { expected }),
  }
}
