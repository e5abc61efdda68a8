import type { DialectTopics } from '../topics.ts'

export const topics: DialectTopics = {
  choosers: "NetGroot's subscribers",
  fresh: [
    { id: 1, name: 'Technical Support', word: null },
    { id: 2, name: 'Billing Issue', word: null },
    { id: 3, name: 'General Enquiry', word: null },
  ],
}
