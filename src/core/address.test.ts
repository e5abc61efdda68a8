import assert from 'node:assert/strict'
import { test } from 'node:test'
import ipaddr from 'ipaddr.js'
import { carriedIn, readAddress, tunnelledIn } from './address.ts'

test('an address is the same with a port, in brackets, in quotes, with a zone, and as IPv6 spells IPv4', () => {
  const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
    '203.0.113.8': [
      '203.0.113.8',
      ' 203.0.113.8 ',
      '203.0.113.8:40001',
      '203.0.113.8:',
      '"203.0.113.8:40001"',
      '203.0.113.8:_hidden',
      '[203.0.113.8]:40001',
      '::ffff:203.0.113.8',
      '::FFFF:CB00:7108',
      '[::ffff:203.0.113.8]:40001',
    ],
    '2001:db8::1': [
      '2001:db8::1',
      '2001:DB8:0:0:0:0:0:1',
      '[2001:db8::1]',
      '[2001:db8::1]:4000',
      '"[2001:db8::1]:4000"',
      '2001:db8::1%eth0',
      '[2001:db8::1%25eth0]:4000',
    ],
  }
  for (const [address, spellings] of Object.entries(SPELLINGS))
    for (const spelling of spellings) assert.equal(readAddress(spelling), address, spelling)
})

test('what is no address is none', () => {
  const texts = [
    '',
    'unknown',
    '_gazonk',
    'localhost',
    'localhost:80',
    '256.1.1.1',
    '1.2.3',
    '0x7f.1',
    '[::1',
    ':80',
    '1',
  ]
  for (const text of texts) assert.equal(readAddress(text), null, text)
})

const carried = (text: string) => carriedIn(ipaddr.IPv6.parse(text)).map(String)

test('the IPv4 address behind a translator is found wherever its prefix puts it', () => {
  const CARRIED: Readonly<Record<string, readonly string[]>> = {
    '64:ff9b::8.8.8.8': ['8.8.8.8'],
    '64:ff9b:1::10.0.0.1': ['10.0.0.1'],
    // 192.0.2.33 by prefixes of 48, 56 and 64 bits (RFC 6052, 2.4), and whatever else the same bytes may mean.
    '64:ff9b:1:c000:2:2100::': ['192.0.2.33', '2.33.0.0'],
    '64:ff9b:1:c0:0:221::': ['192.0.2.33'],
    '64:ff9b:1:0:c0:2:2100:0': ['192.0.2.33', '33.0.0.0'],
    // Nothing behind any of them is the address of the translator itself.
    '64:ff9b:1::': ['0.0.0.0'],
    '2002:c000:221::1': ['192.0.2.33'],
    // The example of RFC 4380, 5.2.4 hides its client so.
    '2001:0:4136:e378:8000:63bf:3fff:fdd2': ['192.0.2.45'],
    '::c000:221': ['192.0.2.33'],
    '::ffff:0:192.0.2.33': ['192.0.2.33'],
    '::1': [],
    '2606:4700::1111': [],
    '2001:db8::192.0.2.33': [],
  }
  for (const [text, addresses] of Object.entries(CARRIED)) assert.deepEqual(carried(text), addresses, text)
})

test("a tunnel's end is told by the lower half of an address", () => {
  const tunnelled = (text: string) => tunnelledIn(ipaddr.IPv6.parse(text))?.toString()
  assert.equal(tunnelled('2001:db8::5efe:10.0.0.1'), '10.0.0.1')
  assert.equal(tunnelled('2001:db8::200:5efe:10.0.0.1'), '10.0.0.1')
  assert.equal(tunnelled('2001:db8::10.0.0.1'), undefined)
})
