import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { stringify } from 'yaml'
import { UsageError } from '../../../src/base/usage-error.ts'
import type { KeyPath } from '../../../src/cli/setup/client-plan.ts'
import { yamlFormat } from '../../../src/cli/setup/yaml-format.ts'

const path = '/home/me/.continue/config.yaml'

const entry = { name: 'Ours', provider: 'anthropic', apiKey: 'dummy' }
const ours: KeyPath = ['models', { by: 'name', is: 'Ours' }]

const set = (text: string, keys: KeyPath = ours, value: unknown = entry): string =>
  yamlFormat.set(path, text, keys, value)

const rich = `# My models
name: mine   # kept
models:
    # The big one
    -   name: "Big"
        provider: openai # theirs
        options: {a: 1,  b: [1, 2 ]}

    - name: Small
      prompt: |
        two
          lines

rules: [ 'one',"two" ]
`

describe('a YAML file', () => {
  test('gets an entry of a list, and keeps comments, order, indentation and quotes (SU-4)', () => {
    expect(set(rich)).toBe(
      rich.replace(
        '          lines\n',
        '          lines\n    - name: Ours\n      provider: anthropic\n      apiKey: dummy\n',
      ),
    )
  })

  test('gets an entry that replaces the one with the same name, where it stands (SU-6)', () => {
    const text = set(rich, ['models', { by: 'name', is: 'Big' }], { name: 'Big', provider: 'anthropic' })
    expect(text).toBe(
      rich.replace(
        'name: "Big"\n        provider: openai # theirs\n        options: {a: 1,  b: [1, 2 ]}\n',
        'name: Big\n        provider: anthropic\n',
      ),
    )
    expect(yamlFormat.read(text, ['models', { by: 'name', is: 'Big' }, 'provider'])).toEqual({ value: 'anthropic' })
  })

  test('gives an entry its name if one of its members is set', () => {
    const model: KeyPath = ['models', { by: 'name', is: 'Ours' }, 'model']
    const added = set(rich, model, 'x')
    expect(added).toBe(rich.replace('          lines\n', '          lines\n    - name: Ours\n      model: x\n'))
    expect(set(added, [...ours, 'apiKey'], 'k')).toBe(added.replace('model: x\n', 'model: x\n      apiKey: k\n'))
    expect(set('', model, 'x')).toBe('models:\n  - name: Ours\n    model: x\n')
    expect(set('models: []\n', model, 'x')).toBe('models: [{"name":"Ours","model":"x"}]\n')
  })

  const texts: Readonly<Record<string, string>> = {
    'an empty file': '',
    'only comments': '# nothing yet\n',
    'no list': 'name: mine\n',
    'no line break at the end': 'name: mine',
    'an entry at the end': 'models:\n- name: a\n  b: c',
    'line ends of Windows': 'name: mine\r\nmodels:\r\n  - name: a # k\r\n\r\n# end\r\n',
    'a byte order mark': '\uFEFFname: mine\nmodels:\n- name: a\n',
    'only a byte order mark': '\uFEFF',
    'an empty list in brackets': 'models: []\nx: 1\n',
    'a list in brackets': 'models: [ {name: a}, {name: b}, ] # c\n',
    'a list like JSON': '{"models": [{"name": "a"}]}\n',
    'a document that starts with dashes': '---\nname: mine\n',
    'an entry in nested lists': 'models:\n  - - a\n  - name: b\nx: 1\n',
  }

  for (const [what, text] of Object.entries(texts))
    test(`with ${what} is the same again after an entry was added and removed (SU-10)`, () => {
      const changed = set(text)
      expect(yamlFormat.read(changed, ours)).toEqual({ value: entry })
      expect(set(changed)).toBe(changed)
      const removed = yamlFormat.remove(changed, ours)
      const empty = yamlFormat.read(removed, ['models'])
      const isOurs = yamlFormat.read(text, ['models']) === undefined
      expect(isOurs && empty !== undefined ? yamlFormat.remove(removed, ['models']) : removed).toBe(text)
    })

  test('with a key without a value gets one behind the colon', () => {
    expect(set('models: # none\nx: 1\n', ours, { name: 'Ours' })).toBe('models: [{"name":"Ours"}] # none\nx: 1\n')
    expect(set('models: ~\n', ours, { name: 'Ours' })).toBe('models: [{"name":"Ours"}]\n')
  })

  test('changes a value, and removes keys of maps in lists', () => {
    expect(set('a:\n  b: 1 # one\n', ['a', 'b'], 'no')).toBe('a:\n  b: no # one\n')
    expect(set('a: {b: 1}\n', ['a', 'b'], 'x')).toBe('a: {b: "x"}\n')
    expect(set('a:\n  b: 1\n', ['a', 'c'], ['x', 'y'])).toBe('a:\n  b: 1\n  c:\n    - x\n    - y\n')
    expect(set('a: [1]\n', ['a'], { b: 2 })).toBe('a: {"b":2}\n')
    const list = 'l:\n  - name: a\n    b: 1\n  - name: c\n'
    expect(yamlFormat.remove(list, ['l', { by: 'name', is: 'a' }, 'name'])).toBe('l:\n  - b: 1\n  - name: c\n')
    expect(yamlFormat.remove(list, ['l', { by: 'name', is: 'a' }])).toBe('l:\n  - name: c\n')
    expect(yamlFormat.remove('l: [a, b]\n', ['l', { equals: 'a' }])).toBe('l: [b]\n')
    expect(yamlFormat.remove('a: {b: 1, c: 2}\n', ['a', 'c'])).toBe('a: {b: 1}\n')
    expect(yamlFormat.remove('a: {b: 1}\n', ['a', 'c', 'd'])).toBe('a: {b: 1}\n')
  })

  test('that does not parse, or is no map, is refused with line and column (SU-5)', () => {
    const refused = (text: string): string => {
      try {
        yamlFormat.check(path, text)
        return ''
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError)
        return (error as UsageError).message
      }
    }
    expect(refused('a: 1\nb: [secret\n')).toMatch(/^\/home\/me\/\.continue\/config\.yaml:\d:\d+ is not valid YAML \(/)
    expect(refused('a: 1\na: 2\n')).toBe(
      `${path}:2:1 is not valid YAML (duplicate key). Correct it, or move the file away.`,
    )
    expect(refused('a: 1\n---\nb: 2\n')).toContain('multiple docs')
    expect(refused('- a\n')).toBe(`${path}:1:1 must be a map. Correct it, or move the file away.`)
    expect(refused('b: [secret\n')).not.toContain('secret')
    for (const text of ['', '# c\n', 'a: 1\n', '\uFEFFa: 1\n']) expect(refused(text)).toBe('')
  })

  test('with another type at a key is refused with its name (SU-5)', () => {
    expect(() => set('models: text\n')).toThrow(`models in ${path} must be a list. Correct it first.`)
    expect(() => set('models:\n  a: b\n')).toThrow(`models in ${path} must be a list. Correct it first.`)
    expect(() => set('a: [b]\n', ['a', 'c'], 1)).toThrow(`a in ${path} must be a map. Correct it first.`)
    expect(() => set('b: &l [x]\nmodels: *l\n')).toThrow(`models in ${path} must be a list. Correct it first.`)
  })

  test('shows where its secrets are (SU-2)', () => {
    const text = '\uFEFFmodels:\n  - apiKey: "abc" # c\n    name: x\n'
    const found = yamlFormat.secrets(text, (names) => names.includes('apiKey'))
    expect(found.map(([offset, length]) => text.slice(offset, offset + length))).toEqual(['"abc"'])
    const others = 'a:\n  # apiKey: one\n  apiKey: {plain: two}\n  args: [--apiKey, three]\n'
    const hidden = yamlFormat.secrets(others, (names) => names.some((name) => name.endsWith('apiKey')))
    const values = hidden.map(([offset, length]) => others.slice(offset, offset + length)).sort()
    expect(values).toEqual(['one', 'three', 'two'])
  })

  test('of any content is the same again after an entry was added and removed (SU-10)', () => {
    const key = fc.constantFrom('a', 'b c', 'models', "d'", 'true', '1')
    const scalar = fc.oneof(
      fc.constantFrom('plain', '- no', '# no', 'a: b', 'two\nlines\n', '', ' pad ', '\u00e9'),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    )
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, scalar, tie('list'), tie('map')),
      list: fc.array(tie('value'), { maxLength: 3 }),
      map: fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    }))
    const list = fc.array(value, { maxLength: 3 })
    const file = fc.record({ rest: fc.dictionary(key, value, { maxKeys: 3 }), list: fc.option(list) })
    const layout = fc.record({
      eol: fc.constantFrom('\n', '\r\n'),
      indent: fc.constantFrom(2, 3, 4),
      indentSeq: fc.boolean(),
      flow: fc.boolean(),
      end: fc.boolean(),
      comment: fc.boolean(),
    })
    fc.assert(
      fc.property(file, layout, ({ rest, list: models }, { eol, indent, indentSeq, flow, end, comment }) => {
        const content = { ...rest, ...(models === null ? { models: undefined } : { models }) }
        const written = stringify(content, { indent, indentSeq, collectionStyle: flow ? 'flow' : 'any' })
        const whole = `${comment ? '# first\n' : ''}${written}${comment ? '# last\n' : ''}`
        const text = (end ? whole : whole.trimEnd()).replaceAll('\n', eol)
        const changed = set(text)
        expect(yamlFormat.read(changed, ours)).toEqual({ value: entry })
        const removed = yamlFormat.remove(changed, ours)
        expect(models === null ? yamlFormat.remove(removed, ['models']) : removed).toBe(text)
      }),
    )
  })
})
