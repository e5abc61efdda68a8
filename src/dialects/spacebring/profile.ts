import type { Profile } from '../profile.ts'
import { credentialKinds } from './credentials.ts'
import { demo } from './demo.ts'
import { options } from './options.ts'
import { topics } from './topics.ts'

export const profile: Profile<'spacebring'> = {
  name: 'spacebring',
  // Spacebring reference, Rate limiting; S16.
  rate: { perSecond: 10 },
  credentialKinds,
  demo,
  topics,
  options,
  desk: 'a Spacebring location',
  load: async () => (await import('./index.ts')).spacebring,
}
