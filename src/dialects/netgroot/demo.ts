import type { Demo } from '../demo.ts'

export const demo: Demo = {
  async fill({ people, login, issue }) {
    const subscriber = await issue('api_token', people.requester, { name: 'Quick start subscriber' })
    const staff = await issue('api_token', people.agent, { name: 'Quick start staff' })
    return {
      NETGROOT_USERNAME: login.username,
      NETGROOT_PASSWORD: login.password,
      NETGROOT_TOKEN: subscriber.secret,
      NETGROOT_STAFF_TOKEN: staff.secret,
    }
  },
  shown: ['NETGROOT_USERNAME'],
  askedFor: ['NETGROOT_PASSWORD'],
}
