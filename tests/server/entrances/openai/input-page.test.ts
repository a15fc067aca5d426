import { expect, test } from 'bun:test'
import { inputPage } from '../../../../src/server/entrances/openai/input-page.ts'
import { textBlock, wholeOf } from '../../../support/responses-answer.ts'

const stored = {
  response: wholeOf([textBlock('Hello')]),
  input: [{ id: 'msg_own', role: 'user' }, { role: 'user', content: 'b' }, { type: 'function_call_output' }],
  inputBytes: 1,
}

const idsOf = (query: Record<string, string>): string[] => inputPage(stored, query).data.map(({ id }) => id)

test('the items of an input come in pages, the last first, each with an id (OE-R44)', () => {
  const ids = ['msg_own', 'item_0a_in1', 'item_0a_in2']
  expect(idsOf({ order: 'asc' })).toEqual(ids)
  expect(idsOf({})).toEqual(ids.toReversed())
  expect(inputPage(stored, { order: 'asc', limit: '2' })).toMatchObject({
    object: 'list',
    first_id: 'msg_own',
    last_id: 'item_0a_in1',
    has_more: true,
  })
  expect(idsOf({ order: 'asc', limit: '2', after: 'item_0a_in1' })).toEqual(['item_0a_in2'])
})

test.each([{ limit: '0' }, { limit: '101' }, { limit: 'x' }, { after: 'unknown' }])(
  'refuses an invalid page: %j (OE-R44)',
  (query) => {
    expect(() => inputPage(stored, query as Record<string, string>)).toThrow(
      expect.objectContaining({ status: 400, path: [Object.keys(query)[0] ?? ''] }),
    )
  },
)
