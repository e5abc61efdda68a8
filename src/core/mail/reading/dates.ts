import { withoutComments } from './headers.ts'

/** Names of zones that programs write (RFC 5322, 4.3, and those of Europe and East Asia), in minutes. Others are as good as none. */
const ZONES: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ut: 0,
    utc: 0,
    gmt: 0,
    z: 0,
    wet: 0,
    west: 60,
    bst: 60,
    cet: 60,
    met: 60,
    cest: 120,
    mest: 120,
    mesz: 120,
    mez: 60,
    eet: 120,
    eest: 180,
    msk: 180,
    ist: 330,
    jst: 540,
    kst: 540,
    hkt: 480,
    sgt: 480,
    aest: 600,
    aedt: 660,
    est: -300,
    edt: -240,
    cst: -360,
    cdt: -300,
    mst: -420,
    mdt: -360,
    pst: -480,
    pdt: -420,
  }),
)
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DATE =
  /^(?:[a-z]+\.?,?[ \t]+)?(\d{1,2})[ \t-]+([a-z]{3})[a-z]*\.?[ \t-]+(\d{2,4})[ \t]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?[ \t]*(?:([+-])(\d{2}):?(\d{2})|([a-z]+))?/i
const ISO = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/

/**
 * When a header says that something was (RFC 5322, 3.3), as an instant; null for what is no time. A zone that is missing
 * or unknown is taken for UTC, as the RFC has it: never for that of this machine.
 */
export function dateIn(value: string): string | null {
  const text = withoutComments(value).replace(/\s+/g, ' ').trim()
  if (ISO.test(text)) return instantOf(new Date(text.replace(' ', 'T')))
  const [
    ,
    day,
    month = '',
    year = '',
    hours,
    minutes,
    seconds = '0',
    sign,
    zoneHours = '0',
    zoneMinutes = '0',
    zone = '',
  ] = DATE.exec(text) ?? []
  const monthIndex = MONTHS.indexOf(month.toLowerCase())
  if (day === undefined || monthIndex === -1) return null
  const named = ZONES.get(zone.toLowerCase()) ?? 0
  const offset = sign ? (Number(zoneHours) * 60 + Number(zoneMinutes)) * (sign === '-' ? -1 : 1) : named
  const time = new Date(0)
  time.setUTCFullYear(fullYear(year), monthIndex, Number(day))
  if (time.getUTCDate() !== Number(day) || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 60)
    return null
  // A leap second is the last that there is.
  time.setUTCHours(Number(hours), Number(minutes) - offset, Math.min(Number(seconds), 59))
  return instantOf(time)
}

/** Years of two and three digits are those of old programs (RFC 5322, 4.3). */
function fullYear(digits: string): number {
  const year = Number(digits)
  if (digits.length === 2) return year < 50 ? 2000 + year : 1900 + year
  return digits.length === 3 ? 1900 + year : year
}

function instantOf(time: Date): string | null {
  const year = time.getUTCFullYear()
  return Number.isNaN(time.getTime()) || year < 1970 || year > 9999 ? null : time.toISOString()
}
