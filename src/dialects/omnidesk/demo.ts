import type { Demo } from '../demo.ts'

export const demo: Demo = {
  fill: async ({ issue, people }) => ({ OMNIDESK_API_KEY: (await issue('api_key', people.service)).secret }),
}
