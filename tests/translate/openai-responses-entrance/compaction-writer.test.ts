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
})

const noDetails = {
  type: 'refusal',
  category: null,
  explanation: null,
  recommended_model: null,
  fallback_credit_token: null,
  fallback_has_prefill_claim: null,
} as const

const ended = (content: ResponseBlock[], members: Parameters<typeof wholeOf>[1] = {}) =>
  wholeOf(content, members, { isCompaction: true })

test('a compaction without a summary fails: nothing else would replace the conversation (OE-R45)', () => {
  const failed = { status: 'failed', error: { code: 'server_error', message: 'The model wrote no summary.' } }
  expect(ended([])).toMatchObject(failed)
  expect(ended([thinking, textBlock(' \n')])).toMatchObject(failed)
})

test('the words of a refusal are no summary, and Codex shows them (OE-R37, OE-R45)', () => {
  const refused = ended([textBlock('The us')], {
    stop_reason: 'refusal',
    stop_details: { ...noDetails, explanation: 'Not this.' },
  })
  expect(refused).toMatchObject({ status: 'failed', error: { code: 'invalid_prompt', message: 'Not this.' } })
  expect(JSON.stringify(refused.output)).not.toContain('Not this.')
})

test('a summary that was cut is incomplete (OE-R36, OE-R45)', () => {
  expect(ended([textBlock('The us')], { stop_reason: 'max_tokens' }).status).toBe('incomplete')
})
