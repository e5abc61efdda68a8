import type { Dialect } from './dialect.ts'
import { moov } from './moov/index.ts'
import { native } from './native/index.ts'
import { netgroot } from './netgroot/index.ts'
import { omnidesk } from './omnidesk/index.ts'
import { spacebring } from './spacebring/index.ts'

/** Every dialect this server speaks. Adding one is a folder and a line here. */
export const DIALECTS: readonly Dialect[] = [native, spacebring, moov, netgroot, omnidesk]
