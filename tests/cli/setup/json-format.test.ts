import { describe, expect, test } from 'bun:test'
import { UsageError } from '../../../src/base/usage-error.ts'
import type { KeyPath } from '../../../src/cli/setup/client-plan.ts'
import { jsonFormat } from '../../../src/cli/setup/json-format.ts'

const set = (text: string, path: KeyPath, value: unknown): string => jsonFormat.set('/c.json', text, path, value)

const commented = `// Mine.
{
\t// The model.
\t"model": "opus", // by the wiki
\t/* rarely */ "env": {
\t\t"A": "1", // not more
\t},
\t"list": ["a", "b"], /* the end */
}
`

describe('JSON of a client', () => {
  test.each<[string, KeyPath, unknown, (text: string) => string]>([
    ['a value', ['model'], 'sonnet', (text) => text.replace('"opus"', '"sonnet"')],
    ['a member', ['env', 'B'], '2', (text) => text.replace('// not more', '// not more\n\t\t"B": "2",')],
    ['an object', ['x', 'y'], 1, (text) => text.replace('/* the end */', '/* the end */\n\t"x": {\n\t\t"y": 1\n\t},')],
    ['an entry', ['list', { equals: 'c' }], 'c', (text) => text.replace('"b"]', '"b", "c"]')],
    [
      'a list',
      ['env', 'L', { by: 'name', is: 'n' }],
      { name: 'n', value: 'v' },
      (text) =>
        text.replace(
          '// not more',
          '// not more\n\t\t"L": [\n\t\t\t{\n\t\t\t\t"name": "n",\n\t\t\t\t"value": "v"\n\t\t\t}\n\t\t],',
        ),
    ],
  ])('keeps comments, order, commas and indentation when it adds %s (SU-4)', (_, path, value, expected) => {
    expect(set(commented, path, value)).toBe(expected(commented))
  })

  test('keeps Windows line breaks and the byte order mark (SU-4)', () => {
    const text = '\uFEFF{\r\n    "a": 1\r\n}\r\n'
    const changed = set(text, ['b', 'c'], true)
    expect(changed).toBe('\uFEFF{\r\n    "a": 1,\r\n    "b": {\r\n        "c": true\r\n    }\r\n}\r\n')
    expect(jsonFormat.remove(changed, ['b'])).toBe(text)
  })

  test('puts the first member behind the comments of an empty object', () => {
    expect(set('{\n  // nothing yet\n}\n', ['a'], 1)).toBe('{\n  // nothing yet\n  "a": 1\n}\n')
    expect(set('{"a": {}}', ['a', 'b'], 1)).toBe('{"a": {\n  "b": 1\n}}')
  })

  test('a comment to the end of the line stays with its member', () => {
    expect(set('{ "a": 1 // one\n}', ['b'], 2)).toBe('{ "a": 1, // one\n"b": 2\n}')
  })

  test('an empty file, and one of comments only, is an empty object (SU-5)', () => {
    expect(set('', ['a'], 1)).toBe('{\n  "a": 1\n}\n')
    expect(set('// mine\r\n', ['a'], 1)).toBe('// mine\r\n{\r\n  "a": 1\r\n}\r\n')
    jsonFormat.check('/c.json', '')
  })

  test('the same value changes nothing (SU-11)', () => {
    expect(set('{"a":{"b":[1,2]}}', ['a', 'b'], [1, 2])).toBe('{"a":{"b":[1,2]}}')
  })

  test('keeps every digit of the other numbers', () => {
    const text = '{"big": 7300000000000000123, "a": 1}'
    expect(set(text, ['a'], 2)).toBe('{"big": 7300000000000000123, "a": 2}')
  })

  test.each([
    ['{"a": 1,\n "b": }', '/c.json:2:7 is not valid JSON (value expected). Correct it, or move the file away.'],
    ['[]', '/c.json:1:1 is not a JSON object. Correct it first.'],
    ['"text"', '/c.json:1:1 is not a JSON object. Correct it first.'],
  ])('refuses %p with line and column (SU-5)', (text, message) => {
    expect(() => jsonFormat.check('/c.json', text)).toThrow(new UsageError(message))
  })

  test.each<[string, KeyPath, string]>([
    ['{\n  "env": "x"\n}', ['env', 'A'], '/c.json:2:10: env must be an object. Correct it first.'],
    ['{"p": {"deny": {}}}', ['p', 'deny', { equals: 'x' }], '/c.json:1:16: p.deny must be a list. Correct it first.'],
    ['{"env": {},\n "env": {}}', ['env', 'A'], '/c.json:2:2: the member env is there twice. Remove one of them.'],
  ])('refuses %p with the place (SU-5)', (text, path, message) => {
    expect(() => set(text, path, 'v')).toThrow(new UsageError(message))
  })

  test('removes a member with the space that separates it', () => {
    expect(jsonFormat.remove('{"a": 1, "b": 2}', ['b'])).toBe('{"a": 1}')
    expect(jsonFormat.remove('{\n  "a": 1,\n  "b": 2\n}', ['b'])).toBe('{\n  "a": 1\n}')
    expect(jsonFormat.remove('{"a": 1, /* c */ "b": 2}', ['b'])).toBe('{"a": 1 /* c */ }')
  })

  test('finds the values of members, also of pairs of a name and a value (SU-2)', () => {
    const text = '\uFEFF{"token": "one", "env": [{"name": "KEY", "value": "two"}], "plain": "three"}'
    const found = jsonFormat.secrets(text, (names) => /token|key/i.test(names.join()))
    expect(found.map(([offset, length]) => text.slice(offset, offset + length))).toEqual(['"one"', '"two"'])
  })
})
