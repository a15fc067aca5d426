import { describe, expect, test } from 'bun:test'
import {
  booleanAt,
  countAt,
  listAt,
  numberAt,
  objectAt,
  textAt,
} from '../../../src/translate/openai-entrance/members.ts'
import { refusalOf } from '../../support/openai-context.ts'

describe('members of a body', () => {
  const readers = [
    { read: textAt, right: 'text', wrong: 1 },
    { read: booleanAt, right: false, wrong: 'false' },
    { read: numberAt, right: 0, wrong: '0' },
    { read: objectAt, right: { inner: 1 }, wrong: [] },
    { read: listAt, right: [1], wrong: {} },
  ]

  test.each(readers)('a value of the right type is returned: $right', ({ read, right }) => {
    expect<unknown>(read({ member: right }, 'member')).toBe(right)
  })

  test.each(readers)('null is absent, for $right', ({ read }) => {
    expect(read({ member: null }, 'member')).toBeUndefined()
    expect(read({}, 'member')).toBeUndefined()
  })

  test.each(readers)('a wrong type is a 400 with its path (OE-T7): $wrong', ({ read, wrong }) => {
    expect(refusalOf(() => read({ member: wrong }, 'member', ['tools', 2]))).toEqual({
      code: 'invalid_value',
      param: 'tools[2].member',
    })
  })

  test.each([0.5, -1, Number.NaN, 2 ** 60])('a count is a whole number: %p is refused', (value) => {
    expect(refusalOf(() => countAt({ n: value }, 'n', [], { minimum: 0 })).param).toBe('n')
  })

  test('a count has a minimum', () => {
    expect(countAt({ n: 0 }, 'n', [], { minimum: 0 })).toBe(0)
    expect(refusalOf(() => countAt({ n: 0 }, 'n', [], { minimum: 1 })).param).toBe('n')
  })
})
