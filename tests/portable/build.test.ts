import { beforeAll, expect, test } from 'bun:test'
import { buildPortable } from '../../scripts/portable/build.ts'

let text = ''
beforeAll(async () => {
  text = await buildPortable()
})

const found = (pattern: RegExp): readonly string[] => [...new Set(text.match(pattern) ?? [])]

test("the module for other runtimes calls nothing of Bun's (OP-X1, OP-X2)", () => {
  expect(found(/.{0,40}(?:\bBun\.|["'`]bun:).{0,40}/g)).toEqual([])
})

test('it imports only what other runtimes have (OP-X1, OP-X2)', () => {
  const imported = new Bun.Transpiler({ loader: 'js' }).scanImports(text).map(({ path }) => path)
  expect([...new Set(imported)].sort()).toEqual(['node:crypto', 'node:util', 'node:zlib'])
  expect(found(/.{0,40}createRequire.{0,40}/g)).toEqual([])
})
