import { expect, test } from 'bun:test'
import { MessagesRequest } from '../../src/wire/anthropic/request.ts'
import { createCheck } from '../../src/wire/check.ts'
import { request } from '../support/chain.ts'

const verdicts = (): boolean[] => {
  const check = createCheck(MessagesRequest)
  return [request({}), request({ messages: [{ role: 'user', content: [{ type: 'text' }] }] })].map((body) =>
    check(body),
  )
}

test('a check decides the same on a platform that forbids code from strings', () => {
  const { Function: original } = globalThis
  let refusals = 0
  const refuse = function refuse(): never {
    refusals += 1
    throw new EvalError('Code generation from strings disallowed for this context')
  }
  Object.assign(globalThis, { Function: refuse })
  try {
    expect(verdicts()).toEqual([true, false])
  } finally {
    Object.assign(globalThis, { Function: original })
  }
  expect(refusals).toBe(1)
  expect(verdicts()).toEqual([true, false])
})
