import type { Demo } from '../demo.ts'

export const demo: Demo = {
  fill: async ({ issue, people }) => ({ POLYDESK_API_KEY: (await issue('api_key', people.service)).secret }),
  webhook: 'SAMPLE_WEBHOOK_ID',
}
