import { isIP } from 'node:net'

/** One option of the environment. */
export interface Option<T> {
  readonly name: string
  readonly about: string
  /** As the documentation shows it. */
  readonly fallback: string
  /** @returns the value, or a sentence that says what is wrong. */
  readonly read: (text: string | undefined) => { readonly value: T } | { readonly problem: string }
}

/** An option that is any text. */
export function text(name: string, about: string, fallback: string | null): Option<string | null> {
  return { name, about, fallback: fallback ?? '(unset)', read: (given) => ({ value: given || fallback }) }
}

/** An option that is one of a few words. */
export function choice<const C extends readonly string[]>(
  name: string,
  about: string,
  choices: C,
  fallback: C[number],
): Option<C[number]> {
  return {
    name,
    about,
    fallback,
    read: (given) => {
      const value = given ? choices.find((each) => each === given) : fallback
      return value === undefined
        ? { problem: `${name} must be one of ${choices.join(', ')}, not ${given}.` }
        : { value }
    },
  }
}

/** An option that is on or off. */
export function onOff(name: string, about: string, fallback: 'on' | 'off'): Option<boolean> {
  const { read } = choice(name, about, ['on', 'off'], fallback)
  return {
    name,
    about,
    fallback,
    read: (given) => {
      const found = read(given)
      return 'problem' in found ? found : { value: found.value === 'on' }
    },
  }
}

/** The schemes by which a server is reached. */
export const URL_SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:'])

/** Whether a text is an IP address, or one with the length of a network's prefix. */
export function isNetwork(text: string): boolean {
  const [, address = '', length = '0'] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const version = isIP(address)
  return version !== 0 && Number(length) <= (version === 4 ? 32 : 128)
}

/** Whether a text is an origin as browsers send it; `*` and `null` are none. */
export function isOrigin(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null
  return url !== null && URL_SCHEMES.has(url.protocol) && url.origin === text
}

/** The entries of a list that commas separate. */
export function listIn(given: string | undefined): readonly string[] {
  return (given ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
}

/**
 * A list of which each entry must be right.
 *
 * @param what what the entries are, for the one who wrote a wrong one.
 * @param unset the list that holds while the option is not set; one that is set to nothing is empty.
 */
export function listOf(
  name: string,
  about: string,
  fallback: string,
  isRight: (entry: string) => boolean,
  what: string,
  unset = '',
): Option<readonly string[]> {
  return {
    name,
    about,
    fallback,
    read: (given) => {
      const value = listIn(given ?? unset)
      const wrong = value.filter((each) => !isRight(each))
      return wrong.length === 0 ? { value } : { problem: `${name} must be ${what}, not ${wrong.join(', ')}.` }
    },
  }
}

/** Bytes. */
export const MIB = 1_048_576

/** An option that is a size in MiB, as bytes. */
export function mebibytes(name: string, about: string, fallback: number): Option<number> {
  return {
    name,
    about,
    fallback: String(fallback),
    read: (given) => {
      const value = Number(given || fallback)
      return Number.isInteger(value) && value > 0 && value <= 4096
        ? { value: value * MIB }
        : { problem: `${name} must be a whole number of MiB up to 4096, not ${given}.` }
    },
  }
}

/** An option that is a whole number within bounds. */
export function whole(
  name: string,
  about: string,
  fallback: number,
  [least, most]: readonly [number, number],
): Option<number> {
  return {
    name,
    about,
    fallback: String(fallback),
    read: (given) => {
      const value = Number(given || fallback)
      return Number.isInteger(value) && value >= least && value <= most
        ? { value }
        : { problem: `${name} must be a whole number from ${least} to ${most}, not ${given}.` }
    },
  }
}

/** A table of options, by the names that the code has for them. */
export type Options = Readonly<Record<string, Option<unknown>>>

/** What was chosen of a table of options. */
export type Chosen<O extends Options> = {
  readonly [Name in keyof O]: O[Name] extends Option<infer T> ? T : never
}

/** Finds what was chosen of a table, by the table itself: so whoever has declared options reads them, and nobody else. */
export type Choices = <O extends Options>(options: O) => Chosen<O>

/**
 * Reads tables of options from an environment.
 *
 * @param problems gets a sentence for each that cannot be read.
 */
export function readOptions(
  tables: readonly Options[],
  environment: Readonly<Record<string, string | undefined>>,
  problems: string[],
): Choices {
  const chosen = new Map<Options, Readonly<Record<string, unknown>>>()
  for (const table of tables) {
    const values: Record<string, unknown> = {}
    for (const [key, option] of Object.entries(table)) {
      const read = option.read(environment[option.name]?.trim())
      if ('problem' in read) problems.push(read.problem)
      else values[key] = read.value
    }
    chosen.set(table, values)
  }
  return <O extends Options>(options: O) => {
    const values = chosen.get(options)
    if (!values) throw new Error('These options were not read.')
    // What stands under a table was read by its own options, just above; whoever has a problem never gets here.
    return values as Chosen<O>
  }
}
