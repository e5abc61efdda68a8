import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiPage } from '../scripts/pages.ts'
import { DIALECTS } from '../src/dialects/registry.ts'
import { COVERED, testOf } from './facts/facts.ts'

for (const { dialect, facts } of COVERED) {
  test(`${dialect.name}: every numbered fact and decision is told, and no number that there is not`, () => {
    const told = new Set(facts.facts.map(({ id }) => id).filter((id) => !id.includes(' /')))
    assert.deepEqual(
      facts.numbers.filter((number) => !told.has(number)),
      [],
    )
    assert.deepEqual(
      [...told].filter((id) => !facts.numbers.includes(id)),
      [],
    )
  })

  test(`${dialect.name}: every operation is told, and none that is not served`, () => {
    const served = dialect.operations.map(({ id }) => id)
    const told = facts.facts.map(({ id }) => id).filter((id) => id.includes(' /'))
    assert.deepEqual(
      served.filter((id) => !told.includes(id)),
      [],
      'served and not told',
    )
    assert.deepEqual(
      told.filter((id) => !served.includes(id)),
      [],
      'told and not served',
    )
  })

  test(`${dialect.name}: every test that shows something is there`, () => {
    const missing = facts.facts.flatMap(({ shownBy }) => {
      if (shownBy === null) return []
      const { file, name, exists } = testOf(dialect.name, shownBy)
      return exists ? [] : [`${file}: ${name}`]
    })
    assert.deepEqual([...new Set(missing)], [])
  })

  test(`${dialect.name}: the page tells facts and gaps in whole sentences, each once`, () => {
    const page = apiPage({ dialect, facts })
    for (const { id, about, gap } of facts.facts) {
      for (const told of [about, ...(gap === null ? [] : [gap])]) assert.match(told, /^[\p{Lu}`\d].*[^.]\.$/u, id)
      if (!id.includes(' /')) assert.ok(page.includes(about.replaceAll('<', '&lt;')), about)
    }
    assert.doesNotMatch(page, /\.\.(?!\.)(\s|$)/)
  })
}

test('every dialect of a vendor has its page', () => {
  assert.deepEqual(
    COVERED.map(({ dialect }) => dialect.name).sort(),
    DIALECTS.map(({ name }) => name)
      .filter((name) => name !== 'native')
      .sort(),
  )
})
