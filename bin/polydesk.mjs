#!/usr/bin/env node
// Plain JavaScript, because it must run on whatever Node is installed: it makes sure that the sources run on a new enough one.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const [major, minor] = process.versions.node.split('.').map(Number)

if (major > 22 || (major === 22 && minor >= 18)) {
  await import('../src/cli/main.ts')
} else {
  const bundled = join(root, 'node_modules', '.bin', 'node')
  if (!existsSync(bundled)) {
    console.error(
      `Polydesk needs Node.js 22.18 or newer; this is ${process.versions.node}. Run npm ci, which brings one along.`,
    )
    process.exit(1)
  }
  const child = spawn(bundled, process.argv.slice(1), { stdio: 'inherit' })
  // Whoever stops this process means the one that does the work.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code) => process.exit(code ?? 1))
}
