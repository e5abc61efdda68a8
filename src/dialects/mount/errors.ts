import type { FastifyRequest } from 'fastify'
import { Refusal } from '../../core/errors.ts'
import { isTooSlow, StoreFull, StoreUnavailable } from '../../storage/failures.ts'
import { type WireError, WireRefusal } from '../wire.ts'

/** Whatever was thrown, as something that may leave. What is unknown becomes `internal` and is logged, once. */
export function wireError(error: unknown, request: FastifyRequest): WireError {
  if (error instanceof Refusal || error instanceof WireRefusal) return error.error
  if (error instanceof StoreUnavailable || isTooSlow(error)) {
    // Whoever watches the disk tells of it, once a minute and not for each request.
    if (!(error instanceof StoreFull)) request.log.warn({ err: error }, 'The store is unavailable.')
    return { code: 'unavailable' }
  }
  const { code, statusCode } = fastifyError(error)
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' || statusCode === 413) return { code: 'too_large' }
  if (statusCode === 408) return { code: 'timed_out' }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return { code: 'unsupported_media_type' }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return { code: 'malformed', message: 'The body cannot be read.' }
  }
  request.log.error({ err: error }, 'An unexpected failure.')
  return { code: 'internal' }
}

function fastifyError(error: unknown): { readonly code?: string; readonly statusCode?: number } {
  if (!(error instanceof Error)) return {}
  return {
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    ...('statusCode' in error && typeof error.statusCode === 'number' ? { statusCode: error.statusCode } : {}),
  }
}
