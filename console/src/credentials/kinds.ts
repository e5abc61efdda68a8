import type { Words } from '../i18n/en.ts'

/** What a line to copy is filled with. */
export interface Values {
  /** Where this server is. */
  readonly url: string
  readonly publicId: string
  readonly secret: string
  /** A desk that the credential reaches. */
  readonly desk: string
  readonly tenant: string
  /** Of a client of /oauth2: where people come back to. */
  readonly redirectUri: string
}

/** A kind of credential that is issued by hand. */
export interface Kind {
  readonly dialect: string
  readonly kind: string
  /** Whose API it opens, as its vendor is called. */
  readonly vendor: string
  readonly what: keyof Words['credentials']['whats']
  /** Whether pages of other sites may present it. */
  readonly browsers?: true
  /** Whether people let its holder in, at /oauth2. */
  readonly client?: true
  /** What it may do on desks, in the vendor's words, where the kind gives nothing by itself. */
  readonly scopes?: (desks: readonly string[]) => string[]
  /** A first call, which changes nothing. */
  readonly curl: (values: Values) => string
  /** The same with the vendor's own client; as a request of JavaScript where the vendor publishes none. */
  readonly program: (values: Values) => string
}

/** A request of JavaScript with one header that tells who calls. */
const fetching = (url: string, headers: Readonly<Record<string, string>>): string =>
  [
    `const answer = await fetch('${url}', {`,
    '  headers: {',
    ...Object.entries(headers).map(([name, value]) => `    '${name}': '${value}',`),
    '  },',
    '})',
    'console.log(answer.status, await answer.json())',
  ].join('\n')

const moov = ({ url, desk }: Values, presented: string): string => `import { Moov } from '@moovio/sdk'

const moov = new Moov({
  serverURL: '${url}',
  ${presented},
})
const { result } = await moov.support.listTickets({ accountID: '${desk}' })
console.log(result.items)`

const locations = ({ url, desk }: Values): string => `${url}/support/tickets/v1?locationRef=${desk}`
const basic = ({ publicId, secret }: Values): string => btoa(`${publicId}:${secret}`)

/** Every kind, each vendor's usual one first. */
export const KINDS: readonly Kind[] = [
  {
    ...{ dialect: 'native', kind: 'api_key', vendor: 'Polydesk', what: 'key', browsers: true },
    curl: ({ url, secret }) => `curl '${url}/v1/tickets' -H 'Authorization: Bearer ${secret}'`,
    program: ({ url, secret }) => `import { createClient } from './sdk/client.ts'

const polydesk = createClient({
  url: '${url}',
  key: '${secret}',
})
const { data } = await polydesk.call('listTickets')
console.log(data)`,
  },
  {
    ...{ dialect: 'spacebring', kind: 'basic', vendor: 'Spacebring', what: 'pair' },
    curl: (values) =>
      `curl '${locations(values)}' -u '${values.publicId}:${values.secret}' -H 'spacebring-network-id: ${values.tenant}'`,
    program: (values) =>
      fetching(locations(values), {
        Authorization: `Basic ${basic(values)}`,
        'spacebring-network-id': values.tenant,
      }),
  },
  {
    ...{ dialect: 'spacebring', kind: 'access_token', vendor: 'Spacebring', what: 'token' },
    curl: (values) =>
      `curl '${locations(values)}' -H 'Authorization: Bearer ${values.secret}' -H 'spacebring-network-id: ${values.tenant}'`,
    program: (values) =>
      fetching(locations(values), {
        Authorization: `Bearer ${values.secret}`,
        'spacebring-network-id': values.tenant,
      }),
  },
  {
    ...{ dialect: 'spacebring', kind: 'oauth_client', vendor: 'Spacebring', what: 'client', client: true },
    curl: ({ url, publicId, secret, redirectUri }) =>
      `curl '${url}/oauth2/token' -u '${publicId}:${secret}' -d grant_type=authorization_code -d 'redirect_uri=${redirectUri}' -d code=CODE`,
    program: ({ url, publicId, redirectUri }) =>
      `${url}/oauth2/authorize?${new URLSearchParams({ response_type: 'code', client_id: publicId, redirect_uri: redirectUri, scope: 'support', state: 'STATE' })}`,
  },
  {
    ...{ dialect: 'moov', kind: 'basic', vendor: 'Moov', what: 'pair', browsers: true, client: true },
    curl: ({ url, desk, publicId, secret }) => `curl '${url}/accounts/${desk}/tickets' -u '${publicId}:${secret}'`,
    program: (values) => moov(values, `security: { username: '${values.publicId}', password: '${values.secret}' }`),
  },
  {
    ...{ dialect: 'moov', kind: 'access_token', vendor: 'Moov', what: 'token', browsers: true },
    scopes: (desks) =>
      desks.flatMap((desk) =>
        ['tickets.read', 'tickets.write', 'profile.read'].map((word) => `/accounts/${desk}/${word}`),
      ),
    curl: ({ url, desk, secret }) => `curl '${url}/accounts/${desk}/tickets' -H 'Authorization: Bearer ${secret}'`,
    program: (values) => moov(values, `accessToken: '${values.secret}'`),
  },
  {
    ...{ dialect: 'netgroot', kind: 'api_token', vendor: 'NetGroot', what: 'token' },
    curl: ({ url, secret }) => `curl '${url}/api/v1/Tickets/getSubjects' -H 'Authorization: Bearer ${secret}'`,
    program: ({ url, secret }) => fetching(`${url}/api/v1/Tickets/getSubjects`, { Authorization: `Bearer ${secret}` }),
  },
  {
    ...{ dialect: 'omnidesk', kind: 'api_key', vendor: 'Omnidesk', what: 'key' },
    curl: ({ url, secret }) => `curl '${url}/api/v2/ticket' -H 'Authorization: apikey ${secret}'`,
    program: ({ url, secret }) => fetching(`${url}/api/v2/ticket`, { Authorization: `apikey ${secret}` }),
  },
]

/** What a credential is, as the list has it; none of a kind that is not issued by hand here. */
export function kindOf({ dialect, kind }: { readonly dialect: string; readonly kind: string }): Kind | undefined {
  return KINDS.find((each) => each.dialect === dialect && each.kind === kind)
}
