import { expect, test } from 'bun:test'
import { rules } from '../../scripts/rules/list.ts'

test('each rule is listed once', () => {
  const ids = rules.map(({ id }) => id)
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
})
