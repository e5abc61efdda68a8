/**
 * Test files that share a process. Each process of its own loads hundreds of modules before its first test, and compiles
 * five dialects' documents for its first answer, which for most files is more than their tests cost.
 */
import { readFileSync } from 'node:fs'
import { describe } from 'node:test'
import { pathToFileURL } from 'node:url'
import { fileName } from './record.ts'

/**
 * Programs and threads, which may take long or be ended; an environment, clocks and listeners that would be everybody's;
 * and what waits while it is loaded.
 */
const NEEDS_ITS_OWN =
  /\/browser\.ts'|\b(?:newInstallation|laterInstallation|startEmbedded|tinypool|declaredStatements)\b|'node:(?:child_process|worker_threads)'|\/threads\.ts'|\bprocess\.(?:env|chdir|on|memoryUsage)\b|\bmock\b|^(?:const .*= )?await /m

/** Whether a test file leaves nothing behind that another in the same process could see. */
export function sharesItsProcess(file: string): boolean {
  return !NEEDS_ITS_OWN.test(readFileSync(file, 'utf8'))
}

/** Makes each file a suite, so that what it does before and after its tests is its own. */
export async function runTogether(files: readonly string[]): Promise<void> {
  // A module that waits for another is loaded outside of any suite. Nothing but this one ever waits.
  await import('../src/dialects/registry.ts')
  for (const file of files) {
    describe(fileName(file), async () => {
      await import(pathToFileURL(file).href)
    })
  }
}

/** A file for the test runner whose process runs this one alone, as if it had been named. */
export function programAlone(file: string): string {
  return `process.argv[1] = ${JSON.stringify(file)}\nawait import(${JSON.stringify(pathToFileURL(file).href)})\n`
}

/** Whether a browser is in it: these take longest by far, and whatever runs last runs alone. */
export function hasBrowser(file: string): boolean {
  return readFileSync(file, 'utf8').includes("/browser.ts'")
}

/** A file for the test runner whose process runs all of these. */
export function programOf(files: readonly string[]): string {
  return `import { runTogether } from ${JSON.stringify(import.meta.url)}\nawait runTogether(${JSON.stringify(files)})\n`
}
