import { expect, test } from 'bun:test'
import { allValues, secretsInComment } from '../../../src/cli/setup/plain-secrets.ts'

const partsOf = (text: string, hidden: ReturnType<typeof allValues>): string[] =>
  hidden.map(([offset, length]) => text.slice(offset, offset + length))

test.each([
  ['// "apiKey": "one", "plain": "two"', ['"one"']],
  ['# apiKey: one two', ['one']],
  ["// apiKey = 'one two'", ["'one two'"]],
  ['/* "other": 1, export apiKey=one } */', ['one']],
  ['// the apiKey is secret', []],
])('finds the values of a comment: %p (SU-2)', (comment, values) => {
  const text = `{} ${comment}`
  const found = secretsInComment(comment, 3, ([name]) => name === 'apiKey')
  expect(partsOf(text, found)).toEqual(values)
})

test('of a file in another format, it finds everything but names and tables (SU-2)', () => {
  const text = 'model = "x"\r\n\n[servers.mine]\nheaders = { A = "b" }\nlines = """\nsecret\n"""\n# note\n'
  expect(partsOf(text, allValues(text))).toEqual(['"x"', '{ A = "b" }', '"""', 'secret', '"""', '# note'])
})
