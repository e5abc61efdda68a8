import assert from 'node:assert/strict'
import { test } from 'node:test'
import { optionProblems } from './config.ts'

const told = (...names: readonly string[]) => optionProblems(Object.fromEntries(names.map((name) => [name, 'x'])))

test('a misspelt option is told with the one that is meant', () => {
  const meant = {
    POLYDESK_DATADIR: 'POLYDESK_DATA_DIR',
    POLYDESK_DATA_DIRECTORY: 'POLYDESK_DATA_DIR',
    POLYDESK_RATELIMITS: 'POLYDESK_RATE_LIMITS',
    POLYDESK_RATE_LIMIT: 'POLYDESK_RATE_LIMITS',
    POLDESK_DATA_DIR: 'POLYDESK_DATA_DIR',
    polydesk_demo: 'POLYDESK_DEMO',
    'POLYDESK-DEMO': 'POLYDESK_DEMO',
    POLYDESK_DATABASE_URL: 'DATABASE_URL',
    POLYDESK_LOG_LEVEL: 'LOG_LEVEL',
    POLYDESK_HOST: 'HOST',
    DATABSE_URL: 'DATABASE_URL',
    DATABASE_URI: 'DATABASE_URL',
    LOGLEVEL: 'LOG_LEVEL',
    POLYDESK_PUBLIC_URL: 'PUBLIC_URL',
  }
  for (const [name, option] of Object.entries(meant)) {
    assert.deepEqual(told(name), [`${name} is set, but Polydesk has no such option. Did you mean ${option}?`])
  }
  assert.deepEqual(told('POLYDESK_COLOUR_OF_THE_CONSOLE'), [
    'POLYDESK_COLOUR_OF_THE_CONSOLE is set, but Polydesk has no such option.',
  ])
})

test('what belongs to others is not told', () => {
  const others = [
    ...[
      'PATH',
      'HOME',
      'HOSTNAME',
      'USER',
      'LANG',
      'PWD',
      'SHELL',
      'TERM',
      'NODE_ENV',
      'NODE_OPTIONS',
      'PGHOST',
      'PORTS',
    ],
    ...['POLYDESK_SERVICE_HOST', 'POLYDESK_SERVICE_PORT_HTTP', 'POLYDESK_PORT', 'POLYDESK_PORT_3000_TCP_ADDR'],
    ...['POLYDESK_URL', 'POLYDESK_API_KEY', 'DATABASE_URL', 'POLYDESK_DATA_DIR', 'HOST', 'PORT', 'LOG_LEVEL'],
  ]
  assert.deepEqual(told(...others), [])
})
