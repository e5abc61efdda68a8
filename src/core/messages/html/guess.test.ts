import assert from 'node:assert/strict'
import { test } from 'node:test'
import { looksLikeHtml } from './guess.ts'

test('text with angle brackets and ampersands is no HTML', () => {
  for (const text of [
    'Please call Bob <bob@example.com> about it',
    'press <Ctrl>+<C>, then <Ctrl>+<Alt>+<Del>',
    'List<String>, Map<I, U>, vector<int> v; template<class T>',
    'a < b && c > d <3',
    'if a <b and c> d',
    'R&D at Smith &Sons; AT&T',
    'https://a.example/?x=1&copy=2&lt=3',
    'put <title> and <your-name> in <div>',
    '<order><id>5</id></order>',
    '<app-config>5</app-config> <soap:Body>x</soap:Body>',
    '<https://a.example>',
    'a <b',
    '<!-- note -->',
  ])
    assert.equal(looksLikeHtml(text), false, text)
})

test('text with elements or character references is HTML', () => {
  for (const text of [
    '<p>Hello</p>',
    'Hello<br>there',
    'Hello<BR/>there',
    'one <b>bold</b> word',
    '<a href="https://a.example">x',
    'Call Bob <bob@example.com><p>',
    '<ul><li>x</ul>',
    '</div>',
    'a &amp; b',
    'caf&eacute; &#8364; &#x20ac;',
    '<script>x()</script>',
  ])
    assert.equal(looksLikeHtml(text), true, text)
})
