#!/usr/bin/env bash
# Caddy 2.6.2 (Debian 12) compresses an answer and leaves its strong ETag as it was: two different bodies have one validator
# that promises the same bytes (RFC 9110, 8.8.3). nginx makes it weak, Apache appends -gzip. So behind Caddy If-Match works as
# behind nothing, and a check of "some proxy marks the ETag" finds nothing to handle.
. "$(dirname "$0")/scratch.sh"
debian_packages caddy=2.6.2-5
BACK=$(free_port)
FRONT=$(free_port)
cat >back.cjs <<'JS'
require('node:http')
  .createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').setHeader('etag', '"7"')
    response.end(JSON.stringify({ text: 'x'.repeat(5000) }))
  })
  .listen(Number(process.argv[2]), '127.0.0.1')
JS
serve back.log node back.cjs "$BACK"
cat >Caddyfile <<CADDY
{
  admin off
  auto_https off
}
http://127.0.0.1:$FRONT {
  encode gzip
  reverse_proxy 127.0.0.1:$BACK
}
CADDY
mkdir -m 777 home
serve caddy.log env "HOME=$SCRATCH/home" debian/usr/bin/caddy run --config Caddyfile
for _ in $(seq 100); do curl -fso /dev/null "http://127.0.0.1:$FRONT/" && break; sleep 0.2; done
for coding in identity gzip; do
  curl -s -D - -o /dev/null -H "Accept-Encoding: $coding" "http://127.0.0.1:$FRONT/" | tr -d '\r' |
    grep -iE '^(etag|content-encoding)' | sort | tr '\n' ' '
  echo
done | seen 'Etag: "7" 
Content-Encoding: gzip Etag: "7" '
