import { describe, expect, test } from 'bun:test'
import { wrapped } from '../../../src/cli/setup/key-values.ts'
import { textFormat } from '../../../src/cli/setup/text-formats.ts'

describe('a value for a key that the text does not have', () => {
  test('gets the objects and lists around it, and an entry its name', () => {
    expect(wrapped(['a', { by: 'name', is: 'N' }, 'value'], 1)).toEqual({ a: [{ name: 'N', value: 1 }] })
    expect(wrapped(['a', { equals: 'T' }], 'T')).toEqual({ a: ['T'] })
  })

  test.each(['json', 'yaml'] as const)('is the same in each format: %s', async (name) => {
    const format = await textFormat(name)
    const text = format.set('/c', '', ['a', { by: 'name', is: 'N' }, 'value'], 1)
    expect(format.read(text, ['a'])).toEqual({ value: [{ name: 'N', value: 1 }] })
    const more = format.set('/c', text, ['a', { by: 'name', is: 'M' }, 'value'], 2)
    expect(format.read(more, ['a', { by: 'name', is: 'M' }])).toEqual({ value: { name: 'M', value: 2 } })
  })
})
