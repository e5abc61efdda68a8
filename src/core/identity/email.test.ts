import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isEmail, LONGEST_EMAIL } from './email.ts'

const TAKEN = [
  'ada@example.com',
  'Ada.Lovelace+desk@sub.example.co.uk',
  "o'neil!#$%&*/=?^`{|}~-@example.com",
  'jürgen@example.com',
  '用户@例え.jp',
  'user@müller.example',
  'user@xn--mller-kva.example',
  'user@بازار.example',
  'first..last@docomo.example',
  '.first.@docomo.example',
  'root@localhost',
  'a@under_score.example',
  'a@[192.0.2.1]',
  'a@[IPv6:2001:db8::1]',
  `${'x'.repeat(LONGEST_EMAIL - 12)}@example.com`,
]

const REFUSED = [
  ...['', 'nobody', '@example.com', 'ada@', 'a@b@c.example', 'a@.example', 'a@example.', 'a@ex..ample', 'a@-a.example'],
  ...['a b@example.com', ' a@example.com', 'a@example.com\n', 'a@exa mple.com', 'a\u00a0b@example.com'],
  // What would be more than an address in a header of mail.
  ...['a@example.com\r\nBcc: b@example.com', 'a@example.com,b@example.com', 'a;b@example.com', 'Ada <a@example.com>'],
  ...['"a b"@example.com', 'a(comment)@example.com', 'a\\b@example.com', 'a:b@example.com', 'a@example.com>'],
  // What shows otherwise than it is.
  ...[
    'a\u202eb@example.com',
    'a\u200bb@example.com',
    'a\u0000@example.com',
    'a\ud800@example.com',
    'a@exa\u202emple.com',
  ],
  `${'x'.repeat(LONGEST_EMAIL - 11)}@example.com`,
]

test('an address in any script, of any domain, is taken', () => {
  for (const address of TAKEN) assert.ok(isEmail(address), address)
})

test('what is no address, or more than one, is none', () => {
  for (const text of REFUSED) assert.ok(!isEmail(text), JSON.stringify(text))
})
