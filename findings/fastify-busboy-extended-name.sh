#!/usr/bin/env bash
# @fastify/busboy 3.2.6: of `filename` and `filename*` in one part it takes `filename`, in either order, and says nothing of
# the other. RFC 6266, 4.3 prefers `filename*`; busboy 1.6.0, which it began as, does so. Who sends both for the sake of old
# servers gets the fallback name stored.
. "$(dirname "$0")/scratch.sh"
npm_packages @fastify/busboy@3.2.6 busboy@1.6.0
cat >read.mjs <<'JS'
import { Readable } from 'node:stream'
import fastify from '@fastify/busboy'
import original from 'busboy'

const part = (names) =>
  `--b\r\nContent-Disposition: form-data; name="file"; ${names}\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n`
function nameBy(make, names) {
  return new Promise((resolve, reject) => {
    const form = make({ headers: { 'content-type': 'multipart/form-data; boundary=b' } })
    form.on('file', (_field, stream, info) => {
      stream.resume()
      resolve(typeof info === 'string' ? info : info.filename)
    })
    form.on('error', reject)
    Readable.from([Buffer.from(part(names))]).pipe(form)
  })
}
for (const names of [`filename="Otcet.txt"; filename*=UTF-8''Ot%C4%8Det.txt`, `filename*=UTF-8''Ot%C4%8Det.txt; filename="Otcet.txt"`])
  console.log(await nameBy((o) => new fastify.default(o), names), '|', await nameBy((o) => original(o), names))
JS
node read.mjs | seen 'Otcet.txt | Otčet.txt
Otcet.txt | Otčet.txt'
