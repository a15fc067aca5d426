import { expect, test } from 'bun:test'
import { rememberLast } from '../../src/base/remember-last.ts'

test('a value is computed again only for another argument', () => {
  const computed: (string | null)[] = []
  const lengthOf = rememberLast((text: string | null) => {
    computed.push(text)
    return text?.length ?? -1
  })
  expect(['ab', 'ab', 'c', null, null, 'ab'].map(lengthOf)).toEqual([2, 2, 1, -1, -1, 2])
  expect(computed).toEqual(['ab', 'c', null, 'ab'])
})

test('an argument whose computation fails is computed again', () => {
  let failures = 0
  const fail = rememberLast((): never => {
    failures += 1
    throw new Error('not computed')
  })
  expect(() => fail('a')).toThrow('not computed')
  expect(() => fail('a')).toThrow('not computed')
  expect(failures).toBe(2)
})
