import type { Answer, Client, Input, OperationName } from './client.ts'

interface Page {
  readonly data: readonly unknown[]
  readonly next: string | null
}

/** Operations that answer in pages. */
export type ListName = { [Name in OperationName]: Answer<Name> extends Page ? Name : never }[OperationName]
type Item<Name extends ListName> = Answer<Name> extends { readonly data: readonly (infer Each)[] } ? Each : never

/**
 * Everything that a list has, page by page as it is asked for.
 *
 *     for await (const ticket of all(client, 'listTickets', { query: { status: 'open' } })) console.log(ticket.title)
 *
 * @throws as `Client.call`.
 */
export async function* all<Name extends ListName>(
  client: Client,
  name: Name,
  input: Omit<Input<Name>, 'idempotencyKey' | 'ifVersion'>,
): AsyncGenerator<Item<Name>> {
  const page: (input: unknown) => Promise<Page> = (asked) => Reflect.apply(client.call, client, [name, asked])
  let cursor: string | undefined
  do {
    const query = { ...Object(input).query, ...(cursor !== undefined && { cursor }) }
    const { data, next } = await page({ ...input, query })
    yield* data as readonly Item<Name>[]
    cursor = next ?? undefined
  } while (cursor !== undefined)
}
