import assert from 'node:assert/strict'
import { test } from 'node:test'
import { COVERED, testOf } from '../scripts/coverage.ts'
import { DIALECTS } from '../src/dialects/registry.ts'

for (const { dialect, facts } of COVERED) {
  test(`${dialect.name}: every numbered fact and decision is told, and no number that there is not`, () => {
    const told = new Set(facts.facts.map(([id]) => id).filter((id) => !id.includes(' /')))
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
    const told = facts.facts.map(([id]) => id).filter((id) => id.includes(' /'))
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
    const missing = facts.facts.flatMap(([, , shownBy]) => {
      if (typeof shownBy !== 'string') return []
      const { file, name, exists } = testOf(dialect.name, shownBy)
      return exists ? [] : [`${file}: ${name}`]
    })
    assert.deepEqual([...new Set(missing)], [])
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
