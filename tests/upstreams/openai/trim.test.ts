import { describe, expect, test } from 'bun:test'
import { GatewayError } from '../../../src/base/errors.ts'
import { trimConversation } from '../../../src/upstreams/openai/trim.ts'
import type { InputMessage, MessagesRequest } from '../../../src/wire/anthropic/request.ts'

const reserve = 2048
/** A thousand tokens a message. */
const estimate = (messages: readonly InputMessage[]): number => messages.length * 1000

const words = (text: string): InputMessage => ({ role: 'user', content: text })
const answer: InputMessage = { role: 'assistant', content: 'Done' }
const call = (id: string): InputMessage => ({
  role: 'assistant',
  content: [{ type: 'tool_use', id, name: 'Bash', input: {} }],
})
const result = (id: string): InputMessage => ({
  role: 'user',
  content: [
    { type: 'tool_result', tool_use_id: id, content: 'ok' },
    { type: 'text', text: '<system-reminder>Be brief.</system-reminder>' },
  ],
})
const exchange = (name: string, calls: number): InputMessage[] => [
  words(name),
  ...Array.from({ length: calls }, (_, index) => [call(`${name}${index}`), result(`${name}${index}`)]).flat(),
  answer,
]

const request = (messages: readonly InputMessage[]): MessagesRequest => ({
  model: 'claude-sonnet-4-6',
  max_tokens: 100,
  system: 'You are Claude Code.',
  messages: [...messages],
})
const trim = (messages: readonly InputMessage[], mostMessages: number) =>
  trimConversation(request(messages), estimate(messages), mostMessages * 1000 + reserve, estimate)

const idsOf = (messages: readonly InputMessage[], type: 'tool_use' | 'tool_result'): string[] =>
  messages.flatMap(({ content }) =>
    (Array.isArray(content) ? content : []).flatMap((block) => {
      if (block.type === 'tool_use' && type === 'tool_use') return [block.id]
      return block.type === 'tool_result' && type === 'tool_result' ? [block.tool_use_id] : []
    }),
  )

describe('trimming of a conversation (OU-R9, N9)', () => {
  test('a conversation within the limit stays unchanged', () => {
    const messages = exchange('a', 1)
    const given = request(messages)
    expect(trimConversation(given, 4000, 4000 + reserve, estimate)).toEqual({
      request: given,
      tokens: 4000,
      omitted: 0,
    })
  })

  test('the oldest exchange is omitted as a whole, with its calls and results', () => {
    const [first, second, last] = [exchange('a', 2), exchange('b', 1), exchange('c', 1)]
    const trimmed = trim([...first, ...second, ...last], 9)
    expect(trimmed.request.messages).toEqual([...second, ...last])
    expect(trimmed).toMatchObject({ tokens: 8000, omitted: 6 })
    expect(trimmed.request.system).toBe('You are Claude Code.')
    expect(trim([...first, ...second, ...last], 4).request.messages).toEqual(last)
  })

  test('a running tool loop stays: its turns have no text of the user', () => {
    const loop = [words('c'), call('c0'), result('c0'), call('c1'), result('c1')]
    expect(trim([...exchange('a', 1), ...loop], 5).request.messages).toEqual(loop)
  })

  test('a last exchange that is too long is a 400, after which Claude Code compacts', () => {
    const fail = (): unknown => trim([...exchange('a', 0), ...exchange('b', 3)], 5)
    expect(fail).toThrow(new GatewayError('invalid_request_error', 'prompt is too long: 10048 tokens > 7048 maximum'))
  })

  test('no trimming separates a call from its result', () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const exchanges = Array.from({ length: 1 + (seed % 5) }, (_, index) =>
        exchange(`e${index}`, (seed * (index + 3)) % 4),
      )
      const messages = exchanges.flat()
      const last = exchanges.at(-1)?.length ?? 0
      const { request: kept, tokens } = trim(messages, last + (seed % 7))
      expect(idsOf(kept.messages, 'tool_result')).toEqual(idsOf(kept.messages, 'tool_use'))
      expect(tokens).toBe(estimate(kept.messages))
      expect(kept.messages[0]?.role).toBe('user')
    }
  })
})
