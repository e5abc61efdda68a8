import type { Profile } from '../profile.ts'
import { credentialKinds } from './credentials.ts'
import { demo } from './demo.ts'
import { options } from './options.ts'

export const profile: Profile<'moov'> = {
  name: 'moov',
  // Moov, Rate limiting; M29.
  rate: { perSecond: 40, testPerSecond: 10, perAddress: true },
  credentialKinds,
  demo,
  options,
  desk: 'a connected Moov account',
  load: async () => (await import('./index.ts')).moov,
}
