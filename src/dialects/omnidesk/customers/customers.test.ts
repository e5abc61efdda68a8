import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { type Received, startWorld, type World } from '../../../../test/world.ts'

let world: World
/** Looks at the tables from outside. */
let outside: pg.Pool

before(async () => {
  world = await startWorld()
  outside = new pg.Pool({ ...world.database.connection, max: 1 })
})
after(async () => {
  await outside.end()
  await world.stop()
})

function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Received> {
  return world.send(method, path, {
    headers: { authorization: `apikey ${world.value('OMNIDESK_API_KEY')}`, ...headers },
    ...(body === undefined ? {} : { body }),
  })
}

async function done(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const answer = await call(method, path, body, headers)
  assert.equal(answer.status, 200, `${method} ${path}: ${answer.text}`)
  return answer.json
}

async function refused(status: number, message: string, method: string, path: string, body?: unknown): Promise<void> {
  const answer = await call(method, path, body)
  assert.deepEqual([answer.status, answer.json], [status, { status: 'error', message }])
}

const native = (method: string, path: string, body?: unknown): Promise<Received> =>
  world.send(method, path, {
    headers: { authorization: `Bearer ${world.value('POLYDESK_API_KEY')}` },
    ...(body === undefined ? {} : { body }),
  })

const ticketFrom = async (from: string, brandID = 1): Promise<number> =>
  (await done('POST', '/api/v2/ticket', { from, brandID })).ticketID
const customerOf = async (ticketID: number): Promise<number> =>
  (await done('GET', `/api/v2/ticket/${ticketID}`)).item.customer_id

const CUSTOMER = '/api/v2/customer'

test('a customer is made as the guide shows it, with an address and fields of the caller, and read back', async () => {
  const made = await done('POST', CUSTOMER, {
    firstname: 'Kim',
    lastname: 'Jansen',
    brand_id: 1,
    primary_id: 'crm-1',
    channel_id: 'telephone',
    customer_link_channel: '+31612345678',
    city: 'Utrecht',
    points: 12,
  })
  assert.deepEqual([made.type, made.message], ['result', 'User created and channel linked.'])
  const { item } = await done('GET', `${CUSTOMER}/${made.customerID}`)
  const { created_at, ...rest } = item
  assert.match(created_at, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
  assert.deepEqual(rest, {
    id: made.customerID,
    external_primary_id: 'crm-1',
    brand_name: 'Default',
    brand_id: 1,
    firstname: 'Kim',
    lastname: 'Jansen',
    channels: [{ channel_id: 'telephone', address: '+31612345678' }],
    city: 'Utrecht',
    points: '12',
  })
  const again = await done('POST', CUSTOMER, { primary_id: 'crm-1', firstname: 'Kimberley' })
  assert.deepEqual(
    [again.customerID, again.item.firstname, again.item.lastname],
    [made.customerID, 'Kimberley', 'Jansen'],
  )
})

test('the same external id is another customer on another brand, and an address belongs to one customer', async () => {
  const one = await done('POST', CUSTOMER, { primary_id: 'twin', channel_id: 'twitter', customer_link_channel: '@One' })
  const other = await done('POST', CUSTOMER, { primary_id: 'twin', brand_id: 2, firstname: 'Other' })
  assert.notEqual(one.customerID, other.customerID)
  assert.deepEqual([one.item.brand_id, other.item.brand_id], [1, 2])
  const found = await done('POST', `${CUSTOMER}/searchByPrimaryExternalId`, { externalPrimaryID: 'twin' })
  assert.deepEqual(
    found.items.map(({ id }: { id: number }) => id),
    [one.customerID, other.customerID],
  )
  const onSecond = await done('POST', `${CUSTOMER}/searchByPrimaryExternalId`, { external_id: 'twin', brand_id: 2 })
  assert.deepEqual([onSecond.itemTotal, onSecond.items[0].id], [1, other.customerID])
  await refused(400, 'Invalid value for parameter customer_link_channel.', 'POST', CUSTOMER, {
    primary_id: 'someone-else',
    channel_id: 'twitter',
    customer_link_channel: '@one',
  })
})

test('an update changes only what is given, and null takes a field away', async () => {
  await done('POST', CUSTOMER, { primary_id: 'upd', firstname: 'Old', lastname: 'Name', city: 'Delft', level: 'gold' })
  const updated = await done('PUT', `${CUSTOMER}/updateCustomer`, {
    externalPrimaryID: 'upd',
    brandID: 1,
    firstname: 'New',
    level: null,
  })
  assert.equal(updated.message, 'Customer updated.')
  const { firstname, lastname, city, level } = updated.item
  assert.deepEqual([firstname, lastname, city, level], ['New', 'Name', 'Delft', undefined])
  await refused(400, 'This customer does not exist.', 'PUT', `${CUSTOMER}/updateCustomer`, {
    externalPrimaryID: 'none',
  })
  await refused(400, 'This brand does not exist.', 'PUT', `${CUSTOMER}/updateCustomer`, {
    externalPrimaryID: 'upd',
    brandID: 99,
  })
})

test('tickets from an address are linked to the customer who gets it, unless noSync says not to', async () => {
  const [sent, named] = [await ticketFrom('+31101234567'), await ticketFrom('')]
  const elsewhere = await ticketFrom('+31101234567', 2)
  const { customerID } = await done('POST', CUSTOMER, {
    ticket_id: named,
    primary_id: 'sync',
    channel_id: 'telephone',
    customer_link_channel: '+31101234567',
  })
  assert.deepEqual(
    [await customerOf(sent), await customerOf(named), await customerOf(elsewhere)],
    [customerID, customerID, 0],
  )
  const [kept, linked] = [await ticketFrom('kim@example.net'), await ticketFrom('kimFB')]
  const added = await done('POST', `${CUSTOMER}/addchannelonly`, {
    primary_id: 'sync',
    noSync: true,
    extra_email: 'kim@example.net',
  })
  assert.equal(added.message, 'Channel added.')
  await done('POST', `${CUSTOMER}/addChannelOnly`, { externalPrimaryID: 'sync', extra_facebook: 'kimfb' })
  assert.deepEqual([await customerOf(kept), await customerOf(linked)], [0, customerID])
  assert.equal(await customerOf(await ticketFrom('KIM@example.net')), customerID, 'new tickets find the address')
  assert.equal(await customerOf(await ticketFrom('KIM@example.net', 2)), 0, 'on the brand of the customer only')
  const found = await done('GET', '/api/v2/ticket?query=sync')
  assert.ok(
    found.items.some(({ id }: { id: number }) => id === linked),
    'a ticket is found by the primary id',
  )
  await refused(404, 'This ticket does not exist.', 'POST', CUSTOMER, { primary_id: 'x', ticket_id: 99999 })
})

test('what a customer cannot have is refused by the name of its parameter, and nothing is made', async () => {
  const before = (await done('GET', CUSTOMER)).itemTotal
  const bad = (parameter: string) => `Invalid value for parameter ${parameter}.`
  const cases: readonly (readonly [message: string, body: object])[] = [
    ['Missing parameter primary_id.', { firstname: 'Nobody' }],
    ['Missing parameter channel_id.', { customer_link_channel: 'a@example.com' }],
    [bad('channel_id'), { channel_id: 'fax', customer_link_channel: '1' }],
    [bad('customer_link_channel'), { channel_id: 'telephone', customer_link_channel: '0612345678' }],
    [bad('customer_link_channel'), { channel_id: 'email', customer_link_channel: 'nobody' }],
    [bad('firstname'), { primary_id: 'a', firstname: 'x'.repeat(256) }],
    [bad('note'), { primary_id: 'a', note: 'x'.repeat(2001) }],
    [bad('note'), { primary_id: 'a', note: ['list'] }],
    [bad('fields'), { primary_id: 'a', ...Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`f${n}`, '1'])) }],
    [bad('noSync'), { primary_id: 'a', noSync: 'perhaps' }],
    ['This brand does not exist.', { primary_id: 'a', brand_id: 99 }],
  ]
  for (const [message, body] of cases) await refused(400, message, 'POST', CUSTOMER, body)
  assert.equal((await done('GET', CUSTOMER)).itemTotal, before)
  for (const path of ['0', 'abc', '999999', '%00'])
    await refused(404, 'This customer does not exist.', 'GET', `${CUSTOMER}/${path}`)
})

test('customers are listed in the usual envelope with at most 99, and found by name, address and external id', async () => {
  await done('POST', CUSTOMER, {
    primary_id: 'LIST7',
    firstname: 'Wilhelmina',
    channel_id: 'email',
    customer_link_channel: 'mina@example.com',
  })
  for (const query of ['wilhel', 'mina', 'LIST7']) {
    const page = await done('GET', `${CUSTOMER}?query=${query}&itemLimit=99`)
    assert.deepEqual(Object.keys(page), ['type', 'itemStart', 'itemTotal', 'itemLimit', 'items'])
    assert.deepEqual([page.type, page.itemStart, page.itemLimit, page.itemTotal], ['collection', 0, 99, 1])
    assert.equal(page.items[0].firstname, 'Wilhelmina')
  }
  assert.equal((await done('GET', CUSTOMER)).itemLimit, 15)
  await refused(400, 'Invalid value for parameter itemLimit.', 'GET', `${CUSTOMER}?itemLimit=100`)
  await refused(400, 'Invalid value for parameter query.', 'GET', `${CUSTOMER}?query=a%40b`)
})

test("a customer's timeline is an array of the messages of their tickets", async () => {
  const ticketID = await ticketFrom('time@example.com')
  await done('POST', CUSTOMER, { primary_id: 'time', channel_id: 'email', customer_link_channel: 'time@example.com' })
  await done('POST', '/api/v2/message', { ticketID, type: 1, message: 'Is it there?', direction: 'inbound' })
  await done('POST', '/api/v2/message', { ticketID, type: 5, message: 'Looking into it' })
  const timeline = await done('GET', `${CUSTOMER}/timelineByCustomerExternalID?brand_id=1&external_id=time`)
  assert.deepEqual(
    timeline.map((entry: { type: string; content: string; ticket_id: number }) => [
      entry.type,
      entry.content,
      entry.ticket_id,
    ]),
    [
      ['message', 'Is it there?', ticketID],
      ['note', 'Looking into it', ticketID],
    ],
  )
  const path = `${CUSTOMER}/timelineByCustomerExternalID`
  await refused(400, 'Missing parameter brand_id.', 'GET', `${path}?external_id=time`)
  await refused(400, 'Missing parameter external_id.', 'GET', `${path}?brand_id=1`)
  await refused(400, 'This customer does not exist.', 'GET', `${path}?brand_id=1&external_id=nobody`)
})

test('purging a customer erases all that is known of them everywhere, and leaves their tickets without a name', async () => {
  const secret = 'Zebedee'
  const made = await done('POST', CUSTOMER, {
    primary_id: `${secret}-id`,
    firstname: secret,
    lastname: `${secret}son`,
    channel_id: 'email',
    customer_link_channel: `${secret}@example.com`,
    hobby: `${secret} watching`,
  })
  await done('POST', `${CUSTOMER}/addChannelOnly`, { primary_id: `${secret}-id`, extra_twitter: `@${secret}` })
  const opened = await done(
    'POST',
    '/api/v2/ticket',
    { from: `${secret}@example.com`, fromName: secret, title: `${secret} writes` },
    { 'idempotency-key': 'purged-1' },
  )
  await done('POST', '/api/v2/message', {
    ticketID: opened.ticketID,
    type: 1,
    message: `I am ${secret}`,
    direction: 'inbound',
  })
  await done('POST', '/api/v2/message', { ticketID: opened.ticketID, type: 1, message: 'We are on it' })
  const purged = await done('DELETE', `${CUSTOMER}/purgedata`, { externalPrimaryID: `${secret}-id`, brandID: 1 })
  assert.deepEqual(purged, { type: 'result', message: 'Customer data purged.' })

  await refused(404, 'This customer does not exist.', 'GET', `${CUSTOMER}/${made.customerID}`)
  const { item } = await done('GET', `/api/v2/ticket/${opened.ticketID}?getTicketHistory=true`)
  assert.deepEqual([item.from, item.from_name, item.title, item.status], ['', '', '', 'pending'])
  const contents = item.timeline.filter((entry: { type: string }) => entry.type === 'message')
  assert.deepEqual(
    contents.map((entry: { content: string }) => entry.content),
    ['', 'We are on it'],
  )
  const { rows: tables } = await outside.query(`
    select t.relname from pg_class t join pg_namespace n on n.oid = t.relnamespace
    where t.relkind = 'r' and n.nspname = 'public'`)
  for (const { relname } of tables) {
    const { rows } = await outside.query(`select 1 from ${relname} r where r::text ilike '%${secret}%'`)
    assert.equal(rows.length, 0, `${relname} still holds the name`)
  }
  const { rows: events } = await outside.query("select before, after from events where kind = 'user.erased'")
  assert.deepEqual(events, [{ before: null, after: null }])
  await refused(400, 'This customer does not exist.', 'DELETE', `${CUSTOMER}/itemPurgeData`, {
    externalPrimaryID: `${secret}-id`,
  })
})

test('a repeat with the same Idempotency-Key makes one customer, and a repeated purge is answered the same', async () => {
  const body = { primary_id: 'idem', firstname: 'Ida' }
  const key = { 'idempotency-key': 'customer-1' }
  const [one, two] = await Promise.all([done('POST', CUSTOMER, body, key), done('POST', CUSTOMER, body, key)])
  assert.deepEqual([one.customerID, one.item], [two.customerID, two.item])
  const other = await call('POST', CUSTOMER, { ...body, firstname: 'Eve' }, key)
  assert.equal(other.status, 422)
  const purge = `${CUSTOMER}/${one.customerID}/purgeData`
  await done('DELETE', purge)
  await done('DELETE', purge)
  await refused(404, 'This customer does not exist.', 'DELETE', `${CUSTOMER}/99999999/purgeData`)
})

test('one customer is made of many calls at the same time', async () => {
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, n) =>
      done('POST', CUSTOMER, {
        primary_id: 'crowd',
        channel_id: 'telephone',
        customer_link_channel: '+31999999999',
        [`from${n}`]: 'x',
      }),
    ),
  )
  assert.equal(new Set(answers.map(({ customerID }) => customerID)).size, 1)
  const { item } = await done('GET', `${CUSTOMER}/${answers[0].customerID}`)
  assert.equal(Object.keys(item).filter((name) => name.startsWith('from')).length, 8)
})

test('forms are listed and shown, alone and for a ticket, and a ticket takes one when made and in a batch', async () => {
  const made = await native('POST', '/v1/forms', { name: 'Return a parcel' })
  assert.equal(made.status, 201, made.text)
  const { id } = made.json
  const { ticketID } = await done('POST', '/api/v2/ticket', { formID: id })
  assert.equal((await done('GET', `/api/v2/ticket/${ticketID}`)).item.form_id, id)
  const list = await done('GET', '/api/v2/form?query=parcel&itemLimit=9999')
  assert.deepEqual(list, {
    type: 'collection',
    itemStart: 0,
    itemTotal: 1,
    itemLimit: 9999,
    items: [{ id, name: 'Return a parcel' }],
  })
  const form = { id, name: 'Return a parcel', fields: [] }
  assert.deepEqual(await done('GET', `/api/v2/form/${id}`), { type: 'item', item: form })
  const forTicket = { type: 'item', item: { ...form, values: [] } }
  assert.deepEqual(await done('GET', `/api/v2/form/${id}?ticketID=${ticketID}`), forTicket)
  assert.deepEqual(await done('GET', `/api/v2/form/getFormForTicket?ticketID=${ticketID}`), forTicket)
  const batch = (value: unknown) => ({ TicketIDs: String(ticketID), actions: [{ actionType: 'formID', value }] })
  await done('POST', '/api/v2/ticket/batch', batch(''))
  assert.equal((await done('GET', `/api/v2/ticket/${ticketID}`)).item.form_id, null)
  await refused(400, 'This form does not exist.', 'GET', `/api/v2/form/getFormForTicket?ticketID=${ticketID}`)
  await done('POST', '/api/v2/ticket/batch', batch(id))
  assert.equal((await done('GET', `/api/v2/ticket/${ticketID}`)).item.form_id, id)
  await refused(400, 'This form does not exist.', 'POST', '/api/v2/ticket/batch', batch(999))
  await refused(404, 'This form does not exist.', 'GET', '/api/v2/form/999')
  await refused(404, 'This ticket does not exist.', 'GET', `/api/v2/form/${id}?ticketID=99999`)
})

test('a channel is shown by its id', async () => {
  const { item } = await done('GET', '/api/v2/channel/1')
  assert.deepEqual(item, { id: 1, name: 'e-mail', icon: 'e-mail' })
  await refused(404, 'This channel does not exist.', 'GET', '/api/v2/channel/99')
})

test('users are found by name, telephone and address, active ones on request, with at most 999', async () => {
  const page = async (query: string) => (await done('GET', `/api/v2/user?${query}`)).items
  for (const query of ['arthur', 'agent%40example.com']) {
    const [user] = await page(`query=${query}&activeOnly=true&extended=false&itemLimit=999`)
    assert.deepEqual(Object.keys(user), ['id', 'name', 'email', 'active'])
    assert.deepEqual([user.name, user.email, user.active], ['Arthur Agent', 'agent@example.com', true])
  }
  await refused(400, 'Invalid value for parameter itemLimit.', 'GET', '/api/v2/user?itemLimit=1000')
  await refused(400, 'Invalid value for parameter activeOnly.', 'GET', '/api/v2/user?activeOnly=maybe')
})

test('customers made in the native API are the same customers here', async () => {
  const made = await native('POST', '/v1/users', {
    name: 'Nadia',
    email: 'nadia@example.com',
    memberships: [{ desk: 1, role: 'customer' }],
    external_ids: [{ desk: 1, id: 'native-1' }],
    addresses: [{ kind: 'telephone', address: '+31201112222' }],
    fields: { floor: '3' },
  })
  assert.equal(made.status, 201, made.text)
  const { item } = await done('GET', `${CUSTOMER}/${made.json.integer}`)
  assert.deepEqual(
    [item.external_primary_id, item.firstname, item.floor, item.channels],
    [
      'native-1',
      'Nadia',
      '3',
      [
        { channel_id: 'email', address: 'nadia@example.com' },
        { channel_id: 'telephone', address: '+31201112222' },
      ],
    ],
  )
})

test('who works on desks is changed by no customer call, whatever they are known by', async () => {
  const made = await native('POST', '/v1/users', {
    name: 'Wanda',
    email: 'wanda@example.com',
    memberships: [{ desk: 1, role: 'agent' }],
    external_ids: [{ desk: 1, id: 'staff-1' }],
  })
  assert.equal(made.status, 201, made.text)
  const agent = () => native('GET', `/v1/users/${made.json.id}`)
  const before = (await agent()).json
  const customers = (await done('GET', CUSTOMER)).itemTotal
  const known = { externalPrimaryID: 'staff-1', firstname: 'Hacked' }
  const wrongKey = 'Invalid value for parameter externalPrimaryID.'
  await refused(400, wrongKey, 'PUT', `${CUSTOMER}/updateCustomer`, known)
  await refused(400, wrongKey, 'POST', CUSTOMER, { primary_id: 'staff-1', firstname: 'Hacked' })
  await refused(400, wrongKey, 'DELETE', `${CUSTOMER}/itemPurgeData`, known)
  for (const extra of ['extra_email', 'extra_telephone'])
    await refused(400, wrongKey, 'POST', `${CUSTOMER}/addChannelOnly`, { ...known, [extra]: '+31612345000@x.nl' })
  for (const address of ['wanda@example.com', 'owner@example.com'])
    await refused(400, 'Invalid value for parameter customer_link_channel.', 'POST', CUSTOMER, {
      channel_id: 'email',
      customer_link_channel: address,
      primary_id: 'new-id',
      firstname: 'Hacked',
    })
  assert.deepEqual((await agent()).json, before)
  assert.equal((await done('GET', CUSTOMER)).itemTotal, customers)
  assert.deepEqual((await done('GET', '/api/v2/user?query=hacked')).items, [])
})
