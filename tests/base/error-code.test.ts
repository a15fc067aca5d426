import { expect, test } from 'bun:test'
import { errorCode } from '../../src/base/error-code.ts'

const withCode = (code: unknown): Error => Object.assign(new Error('it broke'), { code })

test.each([
  [withCode('ECONNRESET'), 'ECONNRESET'],
  // Of fetch in Node.
  [new TypeError('fetch failed', { cause: withCode('ECONNREFUSED') }), 'ECONNREFUSED'],
  [Object.assign(withCode('EPIPE'), { cause: withCode('ENOENT') }), 'EPIPE'],
  [withCode(1), undefined],
  [new Error('it broke'), undefined],
  [undefined, undefined],
  ['ENOENT', undefined],
])('the code of %p is %p (OP-X5)', (error, code) => expect(errorCode(error)).toBe(code as string))
