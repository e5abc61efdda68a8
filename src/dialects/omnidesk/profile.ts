import type { Profile } from '../profile.ts'
import { credentialKinds } from './credentials.ts'
import { demo } from './demo.ts'

export const profile: Profile<'omnidesk'> = {
  name: 'omnidesk',
  // The vendor documents none; ours (section 8).
  rate: { perSecond: 50 },
  credentialKinds,
  demo,
  desk: 'an Omnidesk brand',
  load: async () => (await import('./index.ts')).omnidesk,
}
