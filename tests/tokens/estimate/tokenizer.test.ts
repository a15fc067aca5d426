import { describe, expect, test } from 'bun:test'
import { estimateTokens, toCount } from '../../../src/tokens/estimate/estimate.ts'
import { tokenizers } from '../../../src/tokens/estimate/tokenizer.ts'
import type { CountTokensRequest } from '../../../src/wire/anthropic/request.ts'

/**
 * The examples with which Anthropic's documentation explains counting, and the counts it gives.
 * They are as old as the first tokenizer, and have not been counted again since.
 * @see https://platform.claude.com/docs/en/build-with-claude/token-counting
 */

const model = 'claude-sonnet-4.6'
const count = (request: object): number => toCount(estimateTokens({ model, ...request } as CountTokensRequest, model))
const user = (content: unknown): object => ({ role: 'user', content })
const error = (tokens: number, published: number): number => tokens / published - 1

/** What Anthropic put before the tools when the example was counted. */
const toolsPromptThen = 346

describe('1.9 published counts', () => {
  test('1.9 a greeting with a system prompt: 14', () => {
    const tokens = count({ system: 'You are a scientist', messages: [user('Hello, Claude')] })
    expect(Math.abs(tokens - 14)).toBeLessThanOrEqual(4)
  })

  test('1.9 one tool and a question: 403, of which 346 are the prompt for tools of that time', () => {
    const tool = {
      name: 'get_weather',
      description: 'Get the current weather in a given location',
      input_schema: {
        type: 'object',
        properties: { location: { type: 'string', description: 'The city and state, e.g. San Francisco, CA' } },
        required: ['location'],
      },
    }
    const request = { tools: [tool], messages: [user("What's the weather like in San Francisco?")] }
    const tokens = count(request) - tokenizers['claude-3'].toolsPrompt + toolsPromptThen
    expect(Math.abs(error(tokens, 403))).toBeLessThan(0.15)
    // Since then the prompt has grown: too high by that, and not too low.
    expect(error(count(request), 403)).toBeGreaterThan(0)
  })

  test('1.9 a conversation with thinking: 88, the thinking of the earlier turn left out', () => {
    const conversation = (...thinking: object[]): object => ({
      thinking: { type: 'enabled', budget_tokens: 16_000 },
      messages: [
        user('Are there an infinite number of prime numbers such that n mod 4 == 3?'),
        {
          role: 'assistant',
          content: [
            ...thinking,
            { type: 'text', text: 'Yes, there are infinitely many prime numbers p such that p mod 4 = 3...' },
          ],
        },
        user('Can you write a formal proof?'),
      ],
    })
    const thought = {
      type: 'thinking',
      thinking: "This is a nice number theory question. Let's think about it step by step...",
      signature: 'x'.repeat(800),
    }
    // 70 without it: thinking itself costs something that no block shows. 103 with it, and not its signature.
    expect(Math.abs(error(count(conversation()), 88))).toBeLessThan(0.21)
    const tokens = count(conversation(thought))
    expect(error(tokens, 88)).toBeGreaterThan(0)
    expect(error(tokens, 88)).toBeLessThan(0.2)
  })

  test('1.9 an image of slightly more than a megapixel: 1551', () => {
    const gif = (width: number, height: number): string =>
      Buffer.from([
        ...Buffer.from('GIF89a'),
        width & 255,
        width >> 8,
        height & 255,
        height >> 8,
        ...new Array(40).fill(0),
      ]).toString('base64')
    const ask = (width: number, height: number): number =>
      count({
        messages: [
          user([
            { type: 'image', source: { type: 'base64', media_type: 'image/gif', data: gif(width, height) } },
            { type: 'text', text: 'Describe this image' },
          ]),
        ],
      })
    // The figures of the guide to pictures: 1092 pixels square cost about 1,590, what is larger is made smaller.
    expect(Math.abs(error(ask(1092, 1092), 1590))).toBeLessThan(0.05)
    expect(Math.abs(error(ask(4000, 3000), 1600))).toBeLessThan(0.05)
    expect(ask(8000, 100)).toBeLessThan(100)
  })
})
