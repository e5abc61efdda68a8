import type { Profile } from '../profile.ts'
import { credentialKinds } from './credentials.ts'
import { demo } from './demo.ts'
import { options } from './options.ts'
import { topics } from './topics.ts'

export const profile: Profile<'netgroot'> = {
  name: 'netgroot',
  // The vendor documents none; ours (section 7).
  rate: { perSecond: 50 },
  credentialKinds,
  demo,
  topics,
  options,
  load: async () => (await import('./index.ts')).netgroot,
}
