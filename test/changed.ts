/** Which test files a change can reach, by the imports and paths that files name. */
import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'

/** What a change of these reaches is everything. */
const EVERYWHERE =
  /^(package(-lock)?\.json|tsconfig\.json|\.npmrc|test\/(run|together|long|database|record|reporter)\.ts)$/
const MODULE = /\.(ts|mjs)$/

/** Files that differ from a commit, or are new; from the root, with slashes. @throws Error when git knows no such commit */
export function changedSince(root: string, base: string): readonly string[] {
  const git = (...args: readonly string[]): readonly string[] =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8' })
      .split('\0')
      .filter((name) => name !== '')
  const from = execFileSync('git', ['merge-base', base, 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
  return [...git('diff', '--name-only', '-z', from), ...git('ls-files', '--others', '--exclude-standard', '-z')]
}

/**
 * The test files among `tests` that reach one of the changed files: by importing it, or by naming it or a folder around
 * it. All of them, when something changed on which everything rests.
 */
export function reachedBy(root: string, changed: readonly string[], tests: readonly string[]): readonly string[] {
  if (changed.some((file) => EVERYWHERE.test(file))) return tests
  const files = globSync(['src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts', 'bin/*.mjs'], {
    cwd: root,
  })
  const edges = new Map(files.map((file) => [file.split(sep).join('/'), edgesOf(root, file)]))
  const isChanged = (path: string): boolean => changed.some((file) => file === path || file.startsWith(`${path}/`))
  const found = new Map<string, boolean>()
  const reaches = (file: string): boolean => {
    const seen = new Set<string>()
    const waiting = [file]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seen.has(next)) continue
      seen.add(next)
      if (found.get(next) === true || isChanged(next)) return true
      waiting.push(...(edges.get(next) ?? []))
    }
    return false
  }
  return tests.filter((test) => {
    const is = reaches(test)
    found.set(test, is)
    return is
  })
}

/** What a file names: modules it imports, and files and folders that it puts together from its own place. */
function edgesOf(root: string, file: string): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8')
  const here = join(root, dirname(file))
  const imported = [...text.matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g)].map(([, to = '']) =>
    resolve(here, to),
  )
  const joined = [
    ...text.matchAll(
      /\b(?:join|resolve)\(\s*(?:import\.meta\.dirname|dirname\(fileURLToPath\(import\.meta\.url\)\))((?:\s*,\s*'[^']*')*)/g,
    ),
  ].map(([, rest = '']) => resolve(here, ...[...rest.matchAll(/'([^']*)'/g)].map(([, part = '']) => part)))
  // From the root: a file that is named there, or a document.
  const named = joined.includes(root)
    ? [...text.matchAll(/'((?:src|test|docs|bench|scripts|bin)\/[\w./-]+|[A-Z]+\.md|package\.json)'/g)].map(
        ([, name = '']) => join(root, name),
      )
    : []
  const documents = /\*\*\/\*\.md/.test(text)
    ? globSync('**/*.md', { cwd: root, exclude: ['node_modules/**'] }).map((name) => join(root, name))
    : []
  return [...imported, ...joined.filter((path) => path !== root), ...named, ...documents]
    .filter((path) => existsSync(path))
    .map((path) => relative(root, path).split(sep).join('/'))
    .filter(
      (path) =>
        path !== '' &&
        !path.startsWith('..') &&
        (MODULE.test(path) || statSync(join(root, path)).isDirectory() || path.includes('.')),
    )
}
