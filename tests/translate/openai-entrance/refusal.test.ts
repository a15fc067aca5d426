import { expect, test } from 'bun:test'
import { refusal } from '../../../src/translate/openai-entrance/refusal.ts'

test('a refused member has a code, a path and a sentence, and the log gets no text of the client (OE-E1)', () => {
  const error = refusal(
    'unsupported_value',
    ['tools', 0, 'type'],
    "the type 'secret' is not supported",
    'not supported',
  )
  expect(error).toMatchObject({
    type: 'invalid_request_error',
    status: 400,
    message: "tools[0].type: the type 'secret' is not supported",
    path: ['tools', 0, 'type'],
    code: 'unsupported_value',
    reason: 'tools[0].type: not supported',
  })
  expect(refusal('invalid_value', ['n'], 'must be 1').reason).toBe('n: must be 1')
})
