#!/usr/bin/env bash
# s3rver 3.7.1 takes an object whose checksum is wrong, by each of the three ways to send one: `content-md5`,
# `x-amz-checksum-sha256` and `x-amz-content-sha256`. Amazon's service answers 400. A test of what a client does about a
# damaged upload passes against it without testing anything.
. "$(dirname "$0")/scratch.sh"
npm_packages s3rver@3.7.1 aws4fetch@1.0.20
cat >put.mjs <<'JS'
import { mkdtempSync } from 'node:fs'
import { AwsClient } from 'aws4fetch'
import S3rver from 's3rver'

const directory = mkdtempSync('objects-')
const server = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory, configureBuckets: [{ name: 'desk', configs: [] }] })
const { port } = await server.run()
const client = new AwsClient({ accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER', service: 's3', region: 'us-east-1' })
const nothings = { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==', 'x-amz-checksum-sha256': `${'A'.repeat(43)}=`, 'x-amz-content-sha256': '0'.repeat(64) }
for (const [name, value] of Object.entries(nothings)) {
  const headers = { [name]: value }
  const { status } = await client.fetch(`http://127.0.0.1:${port}/desk/object`, { method: 'PUT', body: 'What was sent', headers })
  console.log(name, status)
}
await server.close()
JS
node --no-deprecation put.mjs | seen 'content-md5 200
x-amz-checksum-sha256 200
x-amz-content-sha256 200'
