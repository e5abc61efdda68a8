/** The values of quickstart.env, by name. */
export type Quickstart = Readonly<Record<string, string>>

/** The demo tenant, as a dialect finds it that has its part in it: two desks, and four people by their ids. */
export interface DemoTenant {
  readonly id: string
  readonly desks: { readonly default: string; readonly connected: string }
  readonly people: Readonly<Record<'service' | 'owner' | 'agent' | 'requester', string>>
  /** By what the requester logs in. */
  readonly login: { readonly username: string; readonly password: string }
  /** The page of the documents to which people come back who let it in. */
  readonly redirectUri: string
  /** Issues one of the dialect's credentials to one of the people. */
  issue(
    kind: string,
    person: string,
    choices?: { readonly name?: string; readonly redirectUris?: readonly string[] },
  ): Promise<{ readonly publicId: string; readonly secret: string }>
}

/** What of the demo is a dialect's. */
export interface Demo {
  /** Issues the credentials by which it is tried, and says what quickstart.env tells of it. */
  fill(tenant: DemoTenant): Promise<Quickstart>
  /** Names of those values that are no secrets: the dialect's examples may hold them. */
  readonly shown?: readonly string[]
  /** Names of secrets among them that go into a body: whoever sends an example is asked for them. */
  readonly askedFor?: readonly string[]
  /** Under which name examples find a webhook of this dialect; absent where none needs one. */
  readonly webhook?: string
}
