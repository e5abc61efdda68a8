/** Everything CI checks, one after the other, readable from top to bottom. `npm run check`. */
import { spawnSync } from 'node:child_process'

const STEPS: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: 'types', command: ['tsc', '--noEmit'] },
  { name: 'types of the SDK', command: ['tsc', '--noEmit', '-p', 'sdk'] },
  { name: 'types of the console', command: ['tsc', '--noEmit', '-p', 'console'] },
  { name: 'lint and format', command: ['biome', 'check', '--error-on-warnings', '.'] },
  { name: 'tests', command: [process.execPath, 'test/run.ts'] },
  { name: 'long tests', command: [process.execPath, 'test/run.ts', '--long'] },
  // After the tests: part of it is which tests showed what.
  { name: 'generated files up to date', command: [process.execPath, 'scripts/generate.ts', '--check'] },
  { name: 'deployments', command: [process.execPath, 'test/run.ts', '--deploy'] },
  { name: 'mail servers', command: [process.execPath, 'test/run.ts', '--mail'] },
]

const failed: string[] = []
for (const { name, command } of STEPS) {
  const begun = performance.now()
  console.log(`\n== ${name}: ${command.join(' ')}`)
  const [program = '', ...rest] = command
  const { status } = spawnSync(program, rest, { stdio: 'inherit' })
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  console.log(`== ${name}: ${status === 0 ? 'passed' : 'FAILED'} after ${seconds} s`)
  if (status !== 0) failed.push(name)
}
console.log(failed.length === 0 ? `\nAll ${STEPS.length} checks passed.` : `\nFailed: ${failed.join(', ')}.`)
process.exit(failed.length === 0 ? 0 : 1)
