import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { parse } from 'jsonc-parser'
import type { KeyEdit } from '../../../src/cli/setup/client-plan.ts'
import { jsonFormat } from '../../../src/cli/setup/json-format.ts'
import { applyKeys, noKeys, restoreKeys } from '../../../src/cli/setup/key-changes.ts'

const on = (text: string) => ({ format: jsonFormat, path: '/c.json', text })

const plain = (text: string): unknown => structuredClone(parse(text, [], { allowTrailingComma: true }))

describe('keys of a client', () => {
  test('a secret is in the file, but only its hash is in the journal (SU-3, SU-9)', () => {
    const edits: KeyEdit[] = [{ path: ['key'], value: 'my-token', isSecret: true }]
    const { text, keys, made } = applyKeys(on('{}'), edits, noKeys)
    expect(text).toContain('my-token')
    expect(JSON.stringify(keys)).not.toContain('my-token')
    expect(plain(restoreKeys(on(text), { keys, made }).text)).toEqual({})
    const edited = restoreKeys(on(text.replace('my-token', 'other')), { keys, made })
    expect(edited.kept).toEqual([['key']])
  })

  test('a value that the user has already is not ours: an undo leaves it', () => {
    const edits: KeyEdit[] = [
      { path: ['a'], value: 1 },
      { path: ['b'], value: 2 },
    ]
    const { text, keys, made } = applyKeys(on('{"a": 1}'), edits, noKeys)
    expect(keys.map(({ path }) => path)).toEqual([['b']])
    expect(plain(restoreKeys(on(text), { keys, made }).text)).toEqual({ a: 1 })
  })

  test('a default leaves the value of the user, and a later setup changes only our own', () => {
    const edit = (value: number): KeyEdit[] => [{ path: ['a'], value, isDefault: true }]
    expect(applyKeys(on('{"a": 9}'), edit(1), noKeys)).toMatchObject({ text: '{"a": 9}', keys: [] })
    const first = applyKeys(on('{}'), edit(1), noKeys)
    expect(plain(applyKeys(on(first.text), edit(2), first).text)).toEqual({ a: 2 })
    expect(plain(applyKeys(on(first.text.replace('1', '5')), edit(2), first).text)).toEqual({ a: 5 })
  })

  test('keys that a new setup does not have are given back (SU-CC2)', () => {
    const first = applyKeys(
      on('{"a": 1}'),
      [
        { path: ['a'], value: 2 },
        { path: ['b', 'c'], value: 3 },
      ],
      noKeys,
    )
    const second = applyKeys(on(first.text), [{ path: ['d'], value: 4 }], first)
    expect(plain(second.text)).toEqual({ a: 1, d: 4 })
    expect(second.keys.map(({ path }) => path)).toEqual([['d']])
  })

  test('hosts of an earlier setup go, those of the user stay (SU-6)', () => {
    const edit = (host: string): KeyEdit[] => [{ path: ['NO_PROXY'], hosts: [host] }]
    const first = applyKeys(on('{"NO_PROXY": "corp, other"}'), edit('one.example'), noKeys)
    expect(plain(first.text)).toEqual({ NO_PROXY: 'corp,other,one.example' })
    const second = applyKeys(on(first.text), edit('two.example'), first)
    expect(plain(second.text)).toEqual({ NO_PROXY: 'corp,other,two.example' })
    expect(plain(applyKeys(on('{"NO_PROXY": "*"}'), edit('one.example'), noKeys).text)).toEqual({ NO_PROXY: '*' })
  })

  const name = fc.constantFrom('env', 'list', 'a', 'b', 'permissions')
  const leaf = fc.oneof(fc.integer(), fc.boolean(), fc.string({ maxLength: 5 }), fc.constant(null))
  const inner = fc.dictionary(fc.constantFrom('A', 'NO_PROXY', 'deny'), leaf, { noNullPrototype: true })
  const value = fc.oneof(leaf, inner, fc.array(leaf, { maxLength: 3 }))
  const root = fc.dictionary(name, value, { noNullPrototype: true })
  type Layout = Record<'indent' | 'eol' | 'mark' | 'comment', string> & { readonly comma: boolean }
  const layout: fc.Arbitrary<Layout> = fc.record({
    indent: fc.constantFrom('', '  ', '    ', '\t'),
    eol: fc.constantFrom('\n', '\r\n'),
    mark: fc.constantFrom('', '\uFEFF'),
    comment: fc.constantFrom('', '// a comment\n', '/* a comment */ '),
    comma: fc.boolean(),
  })

  const textOf = (object: object, { indent, eol, mark, comment, comma }: Layout): string => {
    const json = JSON.stringify(object, undefined, indent)
    const isLong = comma && Object.keys(object).length > 0
    const inside = isLong ? json.replace(/(\n?)\}$/, ',$1}') : json
    const commented = inside.replace(/^\{/, `{ ${comment}`)
    return mark + `${comment}${commented}\n`.replaceAll('\n', eol)
  }

  const edit: fc.Arbitrary<KeyEdit> = fc.oneof(
    fc.record({ path: fc.constantFrom(['new'], ['x', 'y', 'z']), value }),
    fc.record({ path: fc.constantFrom(['a'], ['b']), value, isDefault: fc.constantFrom<true[]>(true) }),
    fc.record({ path: fc.constant(['a']), isAbsent: fc.constant<true>(true) }),
    fc.constant<KeyEdit>({ path: ['entries', { by: 'name', is: 'N' }, 'value'], value: 'v' }),
    fc.constant<KeyEdit>({ path: ['texts', { equals: 'T' }], value: 'T' }),
  )
  const edits = fc.uniqueArray(edit, { selector: ({ path }) => JSON.stringify(path), maxLength: 4 })

  test('setup and undo by keys give back every value, for any document (SU-4, SU-10)', () => {
    fc.assert(
      fc.property(root, layout, edits, (object, style, wanted) => {
        const text = textOf(object, style)
        const applied = applyKeys(on(text), wanted, noKeys)
        expect(() => jsonFormat.check('/c.json', applied.text)).not.toThrow()
        const restored = restoreKeys(on(applied.text), applied)
        expect([plain(restored.text), restored.kept]).toEqual([object, []])
      }),
      { numRuns: 500 },
    )
  })

  test('a second setup changes no byte, for any document (SU-11)', () => {
    fc.assert(
      fc.property(root, layout, edits, (object, style, wanted) => {
        const first = applyKeys(on(textOf(object, style)), wanted, noKeys)
        const second = applyKeys(on(first.text), wanted, first)
        expect([second.text, second.keys]).toEqual([first.text, first.keys])
      }),
      { numRuns: 500 },
    )
  })

  test('adding keys only inserts: without the new parts, the text is the old one, for any document (SU-4)', () => {
    fc.assert(
      fc.property(root, layout, (object, style) => {
        const text = textOf(object, style)
        const { text: changed } = applyKeys(on(text), [{ path: ['new', 'key'], value: 'inserted' }], noKeys)
        let place = 0
        for (const character of changed) if (character === text[place]) place += 1
        expect(place).toBe(text.length)
        const comments = (of: string): number => of.split('a comment').length
        expect(comments(changed)).toBe(comments(text))
      }),
    )
  })
})
