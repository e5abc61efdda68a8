import type { Demo } from '../demo.ts'

export const demo: Demo = {
  async fill({ desks, people, issue }) {
    const key = await issue('basic', people.service)
    return {
      MOOV_PUBLIC_KEY: key.publicId,
      MOOV_SECRET_KEY: key.secret,
      MOOV_ACCOUNT_ID: desks.default,
      MOOV_CONNECTED_ACCOUNT_ID: desks.connected,
    }
  },
  shown: ['MOOV_ACCOUNT_ID', 'MOOV_CONNECTED_ACCOUNT_ID'],
  webhook: 'SAMPLE_MOOV_WEBHOOK_ID',
}
