#!/usr/bin/env bash
# A file name in pieces (`filename*0`, `filename*1`: RFC 2231, which mail programs write): @fastify/busboy 3.2.6 makes the
# name `1=.txt` of it, the last piece with its number and an equals sign; busboy 1.6.0 hands it out as a
# field, so a handler of files never sees it.
. "$(dirname "$0")/scratch.sh"
npm_packages @fastify/busboy@3.2.6 busboy@1.6.0
cat >read.mjs <<'JS'
import { Readable } from 'node:stream'
import fastify from '@fastify/busboy'
import original from 'busboy'

const body = `--b\r\nContent-Disposition: form-data; name="file"; filename*0="invoice"; filename*1=".txt"\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n`
function filesBy(make, end) {
  return new Promise((resolve, reject) => {
    const names = []
    const form = make({ headers: { 'content-type': 'multipart/form-data; boundary=b' } })
    form.on('file', (_field, stream, info) => {
      stream.resume()
      names.push(typeof info === 'string' ? info : info.filename)
    })
    form.on('field', (name) => names.push(`field ${name}`))
    form.on('error', reject)
    form.on(end, () => resolve(names))
    Readable.from([Buffer.from(body)]).pipe(form)
  })
}
console.log('@fastify/busboy', JSON.stringify(await filesBy((o) => new fastify.default(o), 'finish')))
console.log('busboy', JSON.stringify(await filesBy((o) => original(o), 'close')))
JS
node read.mjs | seen '@fastify/busboy ["1=.txt"]
busboy ["field file"]'
