import type { Demo } from '../demo.ts'

export const demo: Demo = {
  async fill({ id, desks, people, redirectUri, issue }) {
    const client = await issue('basic', people.service, { redirectUris: [redirectUri] })
    const token = await issue('access_token', people.owner)
    return {
      SPACEBRING_CLIENT_ID: client.publicId,
      SPACEBRING_CLIENT_SECRET: client.secret,
      SPACEBRING_ACCESS_TOKEN: token.secret,
      SPACEBRING_NETWORK_ID: id,
      SPACEBRING_LOCATION_ID: desks.default,
      SPACEBRING_USER_ID: people.requester,
      SPACEBRING_ADMIN_USER_ID: people.owner,
    }
  },
  shown: [
    'SPACEBRING_NETWORK_ID',
    'SPACEBRING_LOCATION_ID',
    'SPACEBRING_USER_ID',
    'SPACEBRING_ADMIN_USER_ID',
    'SPACEBRING_CLIENT_ID',
  ],
}
