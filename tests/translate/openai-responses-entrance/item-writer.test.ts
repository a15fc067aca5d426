import { expect, test } from 'bun:test'
import { responseIdOf } from '../../../src/translate/openai-responses-entrance/item-writer.ts'

test("an item's id names its response (OE-R44)", () => {
  expect(responseIdOf('rs_0a_12')).toBe('resp_0a')
  expect(responseIdOf('rs_68a9f0c4')).toBeUndefined()
})
