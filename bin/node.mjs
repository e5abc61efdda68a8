#!/usr/bin/env node
// Runs a file of this project on the Node.js of the lockfile: node bin/node.mjs FILE ARGUMENT ...
import { launch } from './launch.mjs'

const [file, ...args] = process.argv.slice(2)
if (file === undefined) {
  console.error('Usage: node bin/node.mjs FILE ARGUMENT ...')
  process.exit(1)
}
await launch(file, args)
