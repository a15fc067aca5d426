import { describe, expect, test } from 'bun:test'
import { createResponseStore } from '../../../../src/server/entrances/openai/response-store.ts'
import { resolveStored } from '../../../../src/server/entrances/openai/stored-input.ts'
import { callBlock, textBlock, wholeOf } from '../../../support/responses-answer.ts'

const question = { type: 'message', role: 'user', content: 'Hi' }
const response = wholeOf([textBlock('Hello'), callBlock('exec', {})])
const [message, call] = response.output

const keeping = () => {
  const store = createResponseStore({ maximumResponses: 10, now: () => 0 })
  store.keep('a', { response, input: [question], inputBytes: 100 })
  return { store, owner: () => 'a' }
}

const result = { type: 'function_call_output', call_id: 'toolu_1', output: 'done' }

describe('references to kept responses (OE-R44)', () => {
  test('a previous response puts its input and its output in front', () => {
    const { body, addedBytes } = resolveStored(
      { previous_response_id: response.id, input: [result], model: 'm' },
      keeping(),
    )
    expect(body.input).toEqual([question, message, call, result] as never)
    expect(body.previous_response_id).toBe(response.id)
    expect(addedBytes).toBeGreaterThan(100)
    expect(resolveStored({ previous_response_id: response.id, input: 'more' }, keeping()).body.input).toEqual([
      question,
      message,
      call,
      { type: 'message', role: 'user', content: 'more' },
    ] as never)
  })

  test.each([{ type: 'item_reference', id: 'fc_0a_1' }, { id: 'fc_0a_1' }])(
    'the item replaces a reference to it: %j',
    (reference) => {
      expect(resolveStored({ input: [question, reference, result] }, keeping()).body.input).toEqual([
        question,
        call,
        result,
      ] as never)
    },
  )

  test('an unknown reference stays, and a body without references is the same object', () => {
    const unknown = { input: [question, { type: 'item_reference', id: 'rs_0b_0' }] }
    expect(resolveStored(unknown, keeping()).body).toBe(unknown)
    const foreign = { input: [{ type: 'item_reference', id: 'fc_0a_1' }] }
    expect(resolveStored(foreign, { ...keeping(), owner: () => 'b' }).body).toBe(foreign)
  })

  test('an unknown previous response is refused with the code that clients know', () => {
    expect(() => resolveStored({ previous_response_id: 'resp_0b', input: 'x' }, keeping())).toThrow(
      expect.objectContaining({ status: 400, code: 'previous_response_not_found', path: ['previous_response_id'] }),
    )
  })

  test('an id that is not a text is refused', () => {
    expect(() => resolveStored({ previous_response_id: 5, input: 'x' }, keeping())).toThrow(
      expect.objectContaining({ status: 400, code: 'invalid_value', path: ['previous_response_id'] }),
    )
  })

  test('a server that keeps nothing refuses both, and says what to send instead', () => {
    const off = { store: undefined, owner: () => 'a' }
    const refused = (path: readonly (string | number)[]) =>
      expect.objectContaining({ status: 400, path, message: expect.stringContaining('`store: false`') })
    expect(() => resolveStored({ previous_response_id: 'resp_0a', input: 'x' }, off)).toThrow(
      refused(['previous_response_id']),
    )
    expect(() => resolveStored({ input: [question, { type: 'item_reference', id: 'rs_0a_0' }] }, off)).toThrow(
      refused(['input', 1]),
    )
    expect(resolveStored({ input: [question] }, off).addedBytes).toBe(0)
  })
})
