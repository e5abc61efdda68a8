/** How many letters a name may be away from an option that is meant. */
const FAR = 3
/** Shorter names than this are too much like others, for instance HOST. */
const TELLING = 8
/** What Kubernetes sets for a service called polydesk, quickstart.env when it is exported, and the runner of the tests. */
const FOREIGN = /^POLYDESK_(SERVICE_(HOST|PORT)(_\w+)?|PORT(_\d+_(TCP|UDP)(_\w+)?)?|URL|API_KEY|TEST_CONNECTION)$/

/**
 * Names of an environment that look like options and are none, each as a sentence with the option that it is like.
 *
 * @param options every name that is read.
 */
export function misspeltOptions(
  environment: Readonly<Record<string, string | undefined>>,
  options: readonly string[],
): readonly string[] {
  return Object.keys(environment).flatMap((name) => {
    if (options.includes(name) || FOREIGN.test(name)) return []
    const isOurs = /^POLYDESK[_-]/i.test(name)
    const { option, distance } = nearest(name, options, isOurs ? Infinity : FAR - 1)
    const isLike = distance <= FAR - 1 && option.length >= TELLING
    if (!isOurs && !isLike) return []
    const guess = distance <= FAR + (isOurs ? option.length / 4 : 0) ? ` Did you mean ${option}?` : ''
    return [`${name} is set, but Polydesk has no such option.${guess}`]
  })
}

/** @param most how far away anything of interest may be: an environment holds many names, and all are looked at by each start. */
function nearest(
  name: string,
  options: readonly string[],
  most: number,
): { readonly option: string; readonly distance: number } {
  const written = name.toUpperCase().replaceAll('-', '_')
  const bare = written.replace(/^POLYDESK_?/, '')
  return options
    .map((option) => ({
      option,
      // With our prefix where there is none, and without where there is.
      distance: Math.min(
        ...[written, bare, `POLYDESK_${bare}`].map((each) =>
          Math.abs(each.length - option.length) > most ? Infinity : editDistance(each, option, most),
        ),
      ),
    }))
    .reduce((best, each) => (each.distance < best.distance ? each : best), { option: '', distance: Infinity })
}

/** Levenshtein's: how many letters must be added, removed or replaced to make one text the other; infinite beyond `most`. */
function editDistance(one: string, other: string, most: number): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1]
    for (const [index, expected] of [...other].entries()) {
      const replaced = (row[index] ?? 0) + (letter === expected ? 0 : 1)
      next.push(Math.min(replaced, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1))
    }
    // No way leads to fewer than the least of these.
    if (Math.min(...next) > most) return Infinity
    row = next
  }
  return row[other.length] ?? 0
}
