import type { Options } from '../options.ts'
import type { CredentialForm } from './credentials.ts'
import type { Demo } from './demo.ts'
import type { Dialect } from './dialect.ts'
import type { DialectTopics } from './topics.ts'

/**
 * What a dialect says of itself before it is loaded: what the configuration, the command line and a fresh tenant need of it.
 * It is small, so that no command waits for operations that it does not serve.
 */
export interface Profile<Name extends string = string> {
  readonly name: Name
  /** How many requests per second one credential may make, one for tests if they differ, and whether from each address that many. */
  readonly rate: { readonly perSecond: number; readonly testPerSecond?: number; readonly perAddress?: boolean }
  /** What its callers can present. */
  readonly credentialKinds: readonly CredentialForm[]
  /** Its part in the demo tenant. */
  readonly demo: Demo
  readonly topics?: DialectTopics
  /** What a desk is to this vendor, as help texts say it: `a location`. */
  readonly desk?: string
  /** What an operator may choose for it, which it reads by `Settings.chosen`. */
  readonly options?: Options
  /** The dialect itself, with its operations. */
  readonly load: () => Promise<Dialect<unknown, Name>>
}
