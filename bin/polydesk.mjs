#!/usr/bin/env node
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launch } from './launch.mjs'

await launch(join(dirname(fileURLToPath(import.meta.url)), '..', 'src', 'cli', 'main.ts'), process.argv.slice(2))
