import type { DialectTopics } from '../topics.ts'

/** The closed list of the reference, as clients send it. */
export const topics: DialectTopics = {
  fresh: [
    { name: 'Access', word: 'access' },
    { name: 'Account and Billing', word: 'accountAndBilling' },
    { name: 'Bookings', word: 'bookings' },
    { name: 'Cleaning', word: 'cleaning' },
    { name: 'Discrimination and Harassment', word: 'discriminationAndHarassment' },
    { name: 'Internet', word: 'internet' },
    { name: 'Mail and Packages', word: 'mailAndPackages' },
    { name: 'Noise and Acoustics', word: 'noiseAndAcoustics' },
    { name: 'Offensive or Objectionable Content', word: 'offensiveOrObjectionableContent' },
    { name: 'Other', word: 'other' },
    { name: 'Printing', word: 'printing' },
    { name: 'Repair and Maintenance', word: 'repairAndMaintenance' },
    { name: 'Temperature and Ventilation', word: 'temperatureAndVentilation' },
    { name: 'Website and App', word: 'websiteAndApp' },
  ],
}
