import { expect, test } from 'bun:test'
import { decodeSummary } from '../../../src/translate/openai-responses-entrance/encrypted-content.ts'
import type { ResponseBlock } from '../../../src/wire/anthropic/response.ts'
import { callBlock, textBlock, wholeOf } from '../../support/responses-answer.ts'

const thinking: ResponseBlock = { type: 'thinking', thinking: 'Let me see', signature: 'signed' }

test('the answer to a compaction is one item with all text (OE-R45)', () => {
  const [item, ...rest] = wholeOf(
    [thinking, textBlock('a'), textBlock('b'), callBlock('exec', {})],
    {},
    { isCompaction: true },
  ).output
  expect(rest).toEqual([])
  expect(item).toMatchObject({ type: 'compaction', id: 'cmp_0a_0' })
  expect(decodeSummary(String(item && 'encrypted_content' in item && item.encrypted_content))).toBe('ab')
  expect(wholeOf([], {}, { isCompaction: true }).output).toMatchObject([{ type: 'compaction' }])
})
