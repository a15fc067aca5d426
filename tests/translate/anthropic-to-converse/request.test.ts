import { describe, expect, test } from 'bun:test'
import { toMessage } from '../../../src/translate/converse-to-anthropic/response.ts'
import type { ConverseStreamEvent } from '../../../src/wire/converse/events.ts'
import { countingIds, responseContext } from '../../support/response-context.ts'
import { batchesOf } from '../../support/response-stream.ts'
import { translate, user } from '../../support/translate.ts'

const ask = { messages: [user('a')] }

describe('1.1 max_tokens 0 fills the prompt cache', () => {
  const reply = responseContext({ isPrewarm: true })
  const usage = { inputTokens: 3, outputTokens: 1, totalTokens: 4, cacheWriteInputTokens: 9 }

  test('1.1 requests one token and no budget', () => {
    const thinking = { type: 'enabled', budget_tokens: 2000 }
    const { body, responseContext } = translate({ ...ask, max_tokens: 0, thinking })
    expect(body.inferenceConfig?.maxTokens).toBe(1)
    expect(body.additionalModelRequestFields).toBeUndefined()
    expect(responseContext.isPrewarm).toBe(true)
  })

  test('1.1 returns no content, complete', () => {
    const response = { output: { message: { content: [{ text: 'Hel' }] } }, stopReason: 'end_turn', usage }
    expect(toMessage(response, reply, countingIds())).toMatchObject({
      content: [],
      stop_reason: 'max_tokens',
      stop_sequence: null,
      usage: { input_tokens: 3, cache_creation_input_tokens: 9 },
    })
  })

  test.each(['max_tokens', 'malformed_tool_use'])(
    '1.1 answers nothing, streamed and ended by %s',
    async (stopReason) => {
      const batches = [
        [
          { type: 'messageStart' },
          { type: 'contentBlockDelta', contentBlockIndex: 0, delta: { text: 'Hel' } },
          { type: 'messageStop', stopReason },
          { type: 'metadata', usage },
        ] as ConverseStreamEvent[],
      ]
      const events = []
      for await (const batch of batchesOf(batches, reply, countingIds())) events.push(...batch)
      expect(events.map(({ type }) => type)).toEqual(['message_start', 'ping', 'message_delta', 'message_stop'])
      expect(events[2]).toMatchObject({ delta: { stop_reason: 'max_tokens' } })
    },
  )
})
