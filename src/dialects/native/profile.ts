import type { Profile } from '../profile.ts'
import { credentialKinds } from './credentials.ts'
import { demo } from './demo.ts'
import { options } from './options.ts'

export const profile: Profile<'native'> = {
  name: 'native',
  // Generous: it is there so that one runaway client does not take the desk from everybody else.
  rate: { perSecond: 200 },
  credentialKinds,
  demo,
  options,
  load: async () => (await import('./index.ts')).native,
}
