/**
 * What is the same although it is written with other characters: the one rule for keys and names
 * (docs/decisions/0024). An "ü" is one character or two, and nobody sees which; macOS and Windows write it
 * differently.
 */

/** A name or an address as it is kept: its letters composed (NFC), as RFC 6532 wants them in addresses too. */
export function composed(text: string): string {
  return text.normalize('NFC')
}

/** The key of an address, under which each spelling of it is the same: canonically, and in capitals or small letters. */
export function addressKey(address: string): string {
  return composed(composed(address.trim()).toLowerCase())
}

/** The key of a user name: besides, wide letters and other variants of one are that letter, as nobody tells them apart. */
export function usernameKey(name: string): string {
  return plainLetters(plainLetters(name).trim().toLowerCase())
}

/**
 * The key that an older version gave a name or an address. People who had two spellings of one key keep theirs: each gets
 * in by the own one.
 */
export function earlierKey(text: string): string {
  return text.toLowerCase()
}

/** The key of a name in a catalogue: two that people cannot tell apart are one. */
export function nameKey(name: string): string {
  return addressKey(name)
}

/** Whether a name that somebody gives to choose by is this one: capitals count, the spelling of a letter does not. */
export function isNamed({ name }: { readonly name: string }, given: string): boolean {
  return composed(name).trim() === composed(given).trim()
}

/** The letters of a text whatever variant of them is written (NFKC): by these texts are looked for. */
export function plainLetters(text: string): string {
  return text.normalize('NFKC')
}
