import assert from 'node:assert/strict'
import type { Served } from '../process.ts'

/** Asks a server by its own API, as the demo tenant's service. @throws AssertionError when it refuses */
export type Api = <T>(method: string, path: string, body?: object) => Promise<T>

export function apiOf({ url, quickstart }: Pick<Served, 'url' | 'quickstart'>): Api {
  return async (method, path, body) => {
    const headers = { authorization: `Bearer ${quickstart['POLYDESK_API_KEY']}`, 'content-type': 'application/json' }
    const answer = await fetch(`${url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    const text = await answer.text()
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`)
    return JSON.parse(text === '' ? 'null' : text)
  }
}
