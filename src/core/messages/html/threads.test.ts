import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { NO_ROOM } from './pictures.ts'
import { renderInHaste } from './render.ts'
import { renderAside } from './threads.ts'

/** A message that is long and merely deep. */
const DEEP = `${'<blockquote><div>'.repeat(20_000)}<p>one</p><p>two</p>${'</div></blockquote>'.repeat(20_000)}`

test('a long text is rendered while others go on', async () => {
  let turns = 0
  let done = false
  const rendering = renderAside({ text: DEEP, format: 'html', room: NO_ROOM }, 60_000).finally(() => {
    done = true
  })
  while (!done) {
    await turn()
    turns++
  }
  const { plain, inHaste } = await rendering
  assert.equal(inHaste, false)
  assert.match(plain, /one\n[\s\S]*two/)
  // On the main thread it would be one turn; the thread takes far longer than one even to start.
  assert.ok(turns > 20, `${turns} turns`)
})

test('a text for which there is no time keeps its words, as plain text and as HTML that shows it', async () => {
  const { plain, safeHtml, inHaste } = await renderAside({ text: DEEP, format: 'html', room: NO_ROOM }, 0)
  assert.deepEqual([plain, safeHtml, inHaste], ['one\ntwo', '<pre>one\ntwo</pre>', true])
})

test('when more texts wait than threads can take, the words of the others are kept, and none fails', async () => {
  const many = await Promise.all(
    Array.from({ length: 80 }, () =>
      renderAside({ text: DEEP.slice(0, 20_000), format: 'html', room: NO_ROOM }, 60_000),
    ),
  )
  assert.equal(many.length, 80)
  assert.ok(many.some(({ inHaste }) => inHaste))
  assert.ok(many.some(({ inHaste }) => !inHaste))
})

test('words kept in haste have no tags and run nothing', () => {
  const { plain, safeHtml } = renderInHaste({ text: '<p>a &amp; b</p>c <img src=x onerror=y> 1 < 2', format: 'html' })
  assert.equal(plain, 'a &amp; b\nc\n1 < 2')
  assert.equal(safeHtml, '<pre>a &amp;amp; b\nc\n1 &lt; 2</pre>')
  assert.equal(renderInHaste({ text: 'a <b>c</b>', format: 'either' }).plain, 'a <b>c</b>')
})
