import { expect, test } from 'bun:test'
import { isLoggableMember } from '../../src/base/loggable-name.ts'

test.each([
  ['context_management', true],
  ['cacheControl', true],
  ['ttl_1h', true],
  ['marker72f45dba73b844c591f62177ad8414b2', false],
  ['a name with a secret in it', false],
  ['sk-canary', false],
  ['x'.repeat(41), false],
  ['', false],
])('A7 a member is named in the log only where its name looks like one: %p %p', (name, expected) => {
  expect(isLoggableMember(name)).toBe(expected)
})
