import { profile as moov } from './moov/profile.ts'
import { profile as native } from './native/profile.ts'
import { profile as netgroot } from './netgroot/profile.ts'
import { profile as omnidesk } from './omnidesk/profile.ts'
import type { Profile } from './profile.ts'
import { profile as spacebring } from './spacebring/profile.ts'

/** Every dialect there is. Adding one is a folder and a name here. */
const ALL = [native, spacebring, moov, netgroot, omnidesk] as const

export type DialectName = (typeof ALL)[number]['name']

/** What every dialect says of itself, in the order in which they are told of. */
export const PROFILES: readonly Profile<DialectName>[] = ALL
