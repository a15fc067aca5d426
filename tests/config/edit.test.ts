import { describe, expect, test } from 'bun:test'
import { UsageError } from '../../src/base/usage-error.ts'
import { editConfigFile, holdsSecret } from '../../src/config/edit.ts'
import type { SettingKey } from '../../src/config/settings/settings.ts'

const edit = (text: string, key: SettingKey, value: unknown): string =>
  editConfigFile({ path: '/c.json', text }, key, value)

describe('a change of a configuration file', () => {
  test('keeps unknown members, the order, the layout and every digit', () => {
    const text = '{"zeta": [1, {"a": null}], "port": 1, "model": "opus", "big": 7300000000000000123}\n'
    expect(edit(text, 'port', 2)).toBe(text.replace('"port": 1', '"port": 2'))
  })

  test('A10 is refused if the file is not UTF-8: the program could not write back what it did not read', () => {
    const text = Buffer.from('// Schl\xfcssel\n{"port": 1}\n', 'latin1').toString()
    expect(() => edit(text, 'port', 2)).toThrow(new UsageError('/c.json is not valid UTF-8. Save it as UTF-8 first.'))
  })

  const commented = `// Mine.
{
\t// The usual port is taken.
\t"port": 5000, // by the wiki
\t/* rarely */ "logging": {
\t\t"level": "warn", // not more
\t},
\t"model": "opus"
\t// The end.
}
`
  test.each<[SettingKey, unknown, (text: string) => string]>([
    ['port', 5001, (text) => text.replace('5000', '5001')],
    ['logging.level', 'info', (text) => text.replace('"warn"', '"info"')],
    ['model', undefined, (text) => text.replace('\n\t"model": "opus"', '').replace('\t},', '\t}')],
    ['port', undefined, (text) => text.replace('"port": 5000, ', ' ')],
    ['logging.level', undefined, (text) => text.replace(/\/\* rarely[^}]*\},/, '/* rarely */ ')],
    [
      'logging.format',
      'json',
      (text) => text.replace('"level": "warn", // not more', '"level": "warn",\n\t\t"format": "json", // not more'),
    ],
    ['timeout', 9, (text) => text.replace('"model": "opus"', '"model": "opus",\n\t"timeout": 9')],
  ])('A10 keeps comments and layout: %s = %p', (key, value, expected) => {
    expect(edit(commented, key, value)).toBe(expected(commented))
  })

  test('A10 adds an object to a file that is empty or contains only comments', () => {
    for (const text of ['', ' \n', '// nothing yet\n']) expect(edit(text, 'port', 1)).toContain('{\n  "port": 1\n}\n')
    expect(edit('// nothing yet\n', 'port', 1)).toStartWith('// nothing yet\n')
    expect(edit('', 'port', undefined)).toBe('')
  })

  test('keeps Windows line breaks', () => {
    expect(edit('{\r\n    "port": 1\r\n}\r\n', 'model', 'opus')).toBe(
      '{\r\n    "port": 1,\r\n    "model": "opus"\r\n}\r\n',
    )
  })

  test('removes a duplicate of the member', () => {
    expect(JSON.parse(edit('{"port": 1, "model": "opus", "port": 2}', 'port', 3))).toEqual({ port: 3, model: 'opus' })
    expect(edit('{"port": 1, "port": 3}', 'port', 3)).toBe('{"port": 3}\n')
  })

  test('adds a new member at the end, or to its group', () => {
    expect(JSON.parse(edit('{"logging": {"format": "json", "own": 1}}', 'logging.level', 'warn'))).toEqual({
      logging: { format: 'json', own: 1, level: 'warn' },
    })
    expect(edit('{}', 'logging.level', 'warn')).toBe('{\n  "logging": {\n    "level": "warn"\n  }\n}\n')
    expect(edit('{"model":"opus"}', 'port', 0)).toBe('{\n  "model": "opus",\n  "port": 0\n}\n')
  })

  test('treats a snake_case key as the same setting, and leaves one of the two', () => {
    expect(JSON.parse(edit('{"max_retries": 1, "port": 1}', 'maxRetries', 3))).toEqual({ max_retries: 3, port: 1 })
    expect(JSON.parse(edit('{"api_key": "a", "port": 1, "apiKey": "b"}', 'apiKey', 'c'))).toEqual({
      api_key: 'c',
      port: 1,
    })
    expect(JSON.parse(edit('{"api_key": "a", "apiKey": "b"}', 'apiKey', undefined))).toEqual({})
    expect(JSON.parse(edit('{"translation": {"excess_media": "omit"}}', 'translation.excessMedia', 'refuse'))).toEqual({
      translation: { excess_media: 'refuse' },
    })
  })

  test('removes a setting, and a group with its last member', () => {
    expect(JSON.parse(edit('{"logging": {"level": "warn"}, "port": 1}', 'logging.level', undefined))).toEqual({
      port: 1,
    })
    expect(JSON.parse(edit('{"logging": {"level": "warn", "x": 1}}', 'logging.level', undefined))).toEqual({
      logging: { x: 1 },
    })
    expect(edit('{}', 'logging.level', undefined)).toBe('{}')
  })

  test('does not change a text that already has the value', () => {
    const text = '\uFEFF{ "port" : 1,\n\t"logging":{"level":"warn"} }'
    expect(edit(text, 'port', 1)).toBe(text)
    expect(edit(text, 'logging.level', 'warn')).toBe(text)
  })

  test('accepts a byte order mark', () => {
    expect(edit('\uFEFF{"port": 1}', 'port', 2)).toBe('{"port": 2}\n')
  })

  test.each(['{', '[]', '"x"', '{"port": 1} mine', '{"logging": "text"}', '{"logging": null}'])(
    'refuses text that it cannot read: %p',
    (text) => {
      expect(() => edit(text, 'logging.level', 'warn')).toThrow(UsageError)
    },
  )
})

test('a file with the secret itself contains a secret; a file with a reference does not', () => {
  const holds = (value: unknown): boolean => holdsSecret({ path: '/c.json', text: JSON.stringify(value) })
  expect(holds({ openai: { api_key: 'k' } })).toBe(true)
  expect(holds({ openai: { apiKey: { keychain: 'openai.apiKey' }, url: 'https://a.example' } })).toBe(false)
  expect(holds({ openai: { headers: { authorization: 'x' } } })).toBe(true)
  expect(holds({ apiKey: 'x' })).toBe(true)
  expect(holds({ client_token: 'x', port: 1 })).toBe(true)
  expect(holds({ apiKey: { keychain: 'apiKey' } })).toBe(false)
  // A secret that the program does not use is as easy to read.
  expect(holds({ apiKey: { keychain: 'apiKey' }, api_key: 'x' })).toBe(true)
  expect(holds({ apiKey: null, api_key: 'x', port: 1 })).toBe(true)
  expect(holds({ model: 'opus', port: 1 })).toBe(false)
})

test('a setting in a group of a group goes there, and its groups go with their last member', () => {
  const edit = (text: string, value: unknown): string =>
    editConfigFile({ path: '/c.json', text }, 'openai.models.big', value)
  const added = edit('{ "port": 1 }', 'glm')
  expect(JSON.parse(added)).toEqual({ port: 1, openai: { models: { big: 'glm' } } })
  expect(JSON.parse(edit('{"openai": {"url": "u", "models": {"small": "s"}}}', 'glm'))).toEqual({
    openai: { url: 'u', models: { small: 's', big: 'glm' } },
  })
  expect(JSON.parse(edit(added, 'other'))).toEqual({ port: 1, openai: { models: { big: 'other' } } })
  expect(JSON.parse(edit(added, undefined))).toEqual({ port: 1 })
  expect(() => edit('{"openai": {"models": "x"}}', 'glm')).toThrow('openai.models in /c.json must be an object.')
})
