/** The real server, with all that it does, on the database in DATABASE_URL. */
import { readConfig } from '../src/config.ts'
import { start } from '../src/main.ts'
import { answerAsServer } from './server.ts'

answerAsServer(
  start(
    readConfig({
      PORT: '0',
      POLYDESK_DEMO: 'off',
      POLYDESK_RATE_LIMITS: 'off',
      DATABASE_URL: process.env['DATABASE_URL'],
      POLYDESK_DATA_DIR: process.env['POLYDESK_DATA_DIR'],
    }),
  ),
)
