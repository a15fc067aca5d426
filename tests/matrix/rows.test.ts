import { describe, expect, test } from 'bun:test'
import { type Column, matrixModels, nexusNames } from '../../scripts/matrix/row.ts'
import { rows } from '../../scripts/matrix/rows.ts'
import { testedClaudeVersions } from '../../src/cli/claude-code/tested-versions.ts'
import { resolver } from '../support/catalog.ts'

const columns: readonly Column[] = testedClaudeVersions.flatMap((version) =>
  nexusNames.map((nexus) => ({ version, nexus })),
)

describe('the rows of the matrix', () => {
  test('play Sonnet 4.6, Opus 4.6 and Haiku 4.5 where the model matters (MX-C4)', () => {
    expect(matrixModels.map((model) => resolver.resolve(model).model.id)).toEqual([
      'claude-sonnet-4.6',
      'claude-opus-4.6',
      'claude-haiku-4.5',
    ])
  })

  test('have different ids, in the form of other published matrices', () => {
    const ids = rows.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[a-z0-9]+(?:_[a-z0-9]+)*$/)
  })

  test.each([...rows])('$id has cases, and each says what it asserts on the Converse requests (MX-R11)', (row) => {
    for (const column of columns) {
      const cases = row.cases(column)
      expect(cases).not.toBeEmpty()
      for (const { name, checks } of cases)
        expect([name, checks.every(Boolean) && checks.length > 0]).toEqual([name, true])
    }
  })
})
