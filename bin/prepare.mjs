// What npm runs after an installation: builds the console, where there is something to build it with. Without the packages
// of development, and where only package.json was copied, there is nothing to do.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launch } from './launch.mjs'

const build = join(dirname(fileURLToPath(import.meta.url)), '..', 'console', 'build.ts')

if (existsSync(build) && isInstalled('vite') && isInstalled('react')) await launch(build, [])

function isInstalled(name) {
  try {
    createRequire(import.meta.url).resolve(name)
    return true
  } catch {
    return false
  }
}
