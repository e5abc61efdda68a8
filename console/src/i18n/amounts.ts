import { languageNow } from './words.ts'

/** A format of each language, made once: to make one takes far longer than to use it, and each row of a list uses two. */
function inLanguage<Format>(make: (language: string) => Format): () => Format {
  const made = new Map<string, Format>()
  return () => {
    const language = languageNow()
    const format = made.get(language) ?? make(language)
    made.set(language, format)
    return format
  }
}

const inUnits = (unit: 'minute' | 'hour' | 'day') =>
  inLanguage((language) => new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'narrow' }))

const MINUTE = 60_000
const MINUTES = { limit: 60 * MINUTE, size: MINUTE, format: inUnits('minute') }
const HOURS = { limit: 24 * 60 * MINUTE, size: 60 * MINUTE, format: inUnits('hour') }
const DAYS = { size: 24 * 60 * MINUTE, format: inUnits('day') }

/** How long ago something was, as briefly as it can be told. */
export function age(instant: string, now: number): string {
  const passed = Math.max(0, now - Date.parse(instant))
  const { size, format } = [MINUTES, HOURS].find(({ limit }) => passed < limit) ?? DAYS
  return passed < MINUTE ? `<${format().format(1)}` : format().format(Math.floor(passed / size))
}

const moments = inLanguage((language) => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }))

/** A point in time, whole, in the device's own zone. */
export function moment(instant: string): string {
  return moments().format(new Date(instant))
}

/** How large a file is, as briefly as it can be told. */
export function bytes(size: number): string {
  const [amount, unit] = size < 1_000_000 ? [Math.ceil(size / 1_000), 'kilobyte'] : [size / 1_000_000, 'megabyte']
  return new Intl.NumberFormat(languageNow(), { style: 'unit', unit, maximumFractionDigits: 1 }).format(amount)
}
