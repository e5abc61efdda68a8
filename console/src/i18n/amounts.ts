import { languageNow } from './words.ts'

const MINUTE = 60_000
const STEPS: readonly (readonly [limit: number, size: number, unit: Intl.RelativeTimeFormatUnit])[] = [
  [60 * MINUTE, MINUTE, 'minute'],
  [24 * 60 * MINUTE, 60 * MINUTE, 'hour'],
  [Number.POSITIVE_INFINITY, 24 * 60 * MINUTE, 'day'],
]

/** How long ago something was, as briefly as it can be told. */
export function age(instant: string, now: number): string {
  const passed = Math.max(0, now - Date.parse(instant))
  const [, size, unit] = STEPS.find(([limit]) => passed < limit) ?? [0, MINUTE, 'minute' as const]
  const said = new Intl.NumberFormat(languageNow(), { style: 'unit', unit, unitDisplay: 'narrow' })
  return passed < MINUTE ? `<${said.format(1)}` : said.format(Math.floor(passed / size))
}

/** A point in time, whole, in the device's own zone. */
export function moment(instant: string): string {
  return new Intl.DateTimeFormat(languageNow(), { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(instant))
}

/** How large a file is, as briefly as it can be told. */
export function bytes(size: number): string {
  const [amount, unit] = size < 1_000_000 ? [Math.ceil(size / 1_000), 'kilobyte'] : [size / 1_000_000, 'megabyte']
  return new Intl.NumberFormat(languageNow(), { style: 'unit', unit, maximumFractionDigits: 1 }).format(amount)
}
