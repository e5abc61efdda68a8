import type { Dialect } from './dialect.ts'
import { type DialectName, PROFILES } from './profiles.ts'

/** Every dialect this server speaks, with its operations. */
export const DIALECTS: readonly Dialect<unknown, DialectName>[] = await Promise.all(PROFILES.map(({ load }) => load()))
