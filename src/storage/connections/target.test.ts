import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readTarget, type Target } from './target.ts'

function target(url: string, variables: Readonly<Record<string, string>> = {}): Target {
  const read = readTarget(url, variables)
  if ('problem' in read) assert.fail(`${url}: ${read.problem}`)
  return read.target
}

function problem(url: string, variables: Readonly<Record<string, string>> = {}): string {
  const read = readTarget(url, variables)
  return 'problem' in read ? read.problem : assert.fail(`${url} was read`)
}

const places = (url: string, variables: Readonly<Record<string, string>> = {}) =>
  target(url, variables).hosts.map(({ host, address, port }) => `${host}|${address ?? ''}|${port}`)

describe('DATABASE_URL is read as libpq reads it', () => {
  test('in all its forms', () => {
    const whole = target('postgresql://ann:s%40crt%2F@db.example:6543/desk?application_name=help%20desk')
    assert.equal(whole.user, 'ann')
    assert.equal(whole.password, 's@crt/')
    assert.equal(whole.database, 'desk')
    assert.equal(whole.applicationName, 'help desk')
    assert.deepEqual(places('postgres://ann@db.example/desk'), ['db.example||5432'])
    assert.equal(target('postgres://ann@db.example').database, 'ann')
    assert.equal(target('postgres://ann@db.example').password, null)
    assert.equal(target('postgres://ann:@db.example').password, null)
    assert.deepEqual(places('postgres://ann@[2001:db8::1]:5433/x'), ['2001:db8::1||5433'])
  })

  test('with several hosts, and the addresses that stand for them', () => {
    assert.deepEqual(places('postgres://ann@h1:5432,h2:5433,h3/x'), ['h1||5432', 'h2||5433', 'h3||5432'])
    assert.deepEqual(places('postgres://ann@h1,h2/x'), ['h1||5432', 'h2||5432'])
    assert.deepEqual(places('postgres://ann@/x?host=h1,h2&port=1,2'), ['h1||1', 'h2||2'])
    assert.deepEqual(places('postgres://ann@/x?host=h1,h2&port=7'), ['h1||7', 'h2||7'])
    assert.deepEqual(places('postgres://ann@h1,h2/x?hostaddr=10.0.0.1,10.0.0.2'), [
      'h1|10.0.0.1|5432',
      'h2|10.0.0.2|5432',
    ])
    assert.match(problem('postgres://ann@/x?host=h1,h2,h3&port=1,2'), /3 hosts and 2 ports/)
    assert.match(problem('postgres://ann@h1,h2/x?hostaddr=10.0.0.1'), /2 hosts and 1 in hostaddr/)
  })

  test('with sockets, and without a host for those of this computer', () => {
    assert.deepEqual(places('postgres://ann@%2Fvar%2Frun%2Fpostgresql/x'), ['/var/run/postgresql||5432'])
    assert.deepEqual(places('postgres://ann@localhost/x?host=%2Ftmp%2Fa&port=6000'), ['/tmp/a||6000'])
    assert.deepEqual(places('postgres:///x?user=ann'), ['||5432'])
  })

  test('with the variables of libpq for what it leaves out, and no others', () => {
    const variables = {
      PGHOST: 'other',
      PGPORT: '7000',
      PGUSER: 'bob',
      PGPASSWORD: 'of the variable',
      PGDATABASE: 'elsewhere',
      PGSSLMODE: 'require',
      PGAPPNAME: 'named',
    }
    const filled = target('postgres:///', variables)
    assert.deepEqual(places('postgres:///', variables), ['other||7000'])
    assert.deepEqual([filled.user, filled.password, filled.database], ['bob', 'of the variable', 'elsewhere'])
    assert.deepEqual([filled.tls.mode, filled.applicationName], ['require', 'named'])
    // A port belongs to the host that it was written for.
    assert.deepEqual(places('postgres://db.example/x', variables), ['db.example||5432'])
    assert.equal(target('postgres://ann:own@h/x?sslmode=disable', variables).password, 'own')
    assert.equal(target('postgres://ann@h/x?sslmode=disable', variables).tls.mode, 'disable')
    assert.equal(target('postgres://h/x', { USER: 'me' }).user, 'me')
    assert.match(problem('postgres://h/x'), /names no user/)
  })

  test('with its modes of TLS, and prefer when it says nothing', () => {
    assert.equal(target('postgres://ann@h/x').tls.mode, 'prefer')
    for (const mode of ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'])
      assert.equal(target(`postgres://ann@h/x?sslmode=${mode}`).tls.mode, mode)
    assert.equal(target('postgres://ann@h/x?ssl=true').tls.mode, 'require')
    assert.equal(target('postgres://ann@h/x?sslmode=no-verify&uselibpqcompat=true').tls.mode, 'require')
    assert.equal(target('postgres://ann@h/x?sslrootcert=system').tls.mode, 'verify-full')
    assert.match(problem('postgres://ann@h/x?sslmode=verify-ca&sslrootcert=system'), /needs sslmode=verify-full/)
    assert.match(problem('postgres://ann@h/x?sslmode=on'), /sslmode=on, which must be disable, allow/)
    assert.match(problem('postgres://ann@h/x?sslnegotiation=direct&sslmode=prefer'), /needs sslmode=require/)
  })

  test('of several hosts takes one that writes, and of one whatever it is', () => {
    assert.equal(target('postgres://ann@h1,h2/x').mustWrite, true)
    assert.equal(target('postgres://ann@h1,h2/x?target_session_attrs=any').mustWrite, false)
    assert.equal(target('postgres://ann@h1/x').mustWrite, false)
    assert.equal(target('postgres://ann@h1/x?target_session_attrs=primary').mustWrite, true)
    for (const reading of ['read-only', 'standby', 'prefer-standby'])
      assert.match(problem(`postgres://ann@h1,h2/x?target_session_attrs=${reading}`), /Polydesk writes/)
    assert.match(problem('postgres://ann@h1/x?target_session_attrs=master'), /must be any, read-write or primary/)
  })

  test('refuses in one sentence what libpq does not know or we do not have, and says what was meant', () => {
    assert.match(problem('postgres://ann@h/x?connection_limit=5'), /connection_limit.*POLYDESK_DATABASE_CONNECTIONS/)
    assert.match(problem('postgres://ann@h/x?schema=desk'), /schema.*search_path/)
    assert.match(problem('postgres://ann@h/x?nonsense=1'), /nonsense, which PostgreSQL's libpq does not know/)
    assert.match(problem('postgres://ann@h/x?require_auth=scram-sha-256'), /does not have; leave it out/)
    assert.match(problem('postgres://ann@h/x?channel_binding=require'), /channel_binding=require/)
    assert.equal(target('postgres://ann@h/x?channel_binding=prefer&keepalives=1&gssencmode=disable').user, 'ann')
    assert.match(problem('postgres://ann@h/x?connect_timeout=soon'), /no number of seconds/)
    assert.match(problem('postgres://ann@h:70000/x'), /70000/)
  })

  test('never repeats a password', () => {
    for (const url of [
      'mysql://ann:s3cret@h/x',
      'postgres://ann:s3cret word@h/x',
      'postgres://ann:s3cret/with@h/x',
      'postgres://ann:s3cret@with@h/x',
      'postgres://ann:s3c:ret@h/x',
      'postgres://ann:s3cret%zz@h/x',
      'postgres://ann:s3cret@h:port/x',
      'postgres://ann:s3cret@h/x?nonsense=1',
    ])
      assert.doesNotMatch(problem(url), /s3c|ret\b/, url)
  })
})
