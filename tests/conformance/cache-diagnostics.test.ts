import { describe, expect, test } from 'bun:test'
import Anthropic from '@anthropic-ai/sdk'
import { startAudited } from '../support/audited-session.ts'
import { cachedText, tool } from '../support/translate.ts'

/** The official SDK reads why a prompt was not read from the cache (CA-D). */

type Reason = Anthropic.CacheMissReason['type']
type Ask = Anthropic.MessageCreateParamsNonStreaming
type Params = Partial<Ask>

const rules = 'Read a file before you write it. '.repeat(200)
const said = 'Look at this. '.repeat(50)

const first = {
  model: 'claude-sonnet-4-6',
  max_tokens: 100,
  tools: [tool('Bash'), tool('Read')],
  system: [cachedText(rules)],
  messages: [{ role: 'user', content: [cachedText(said)] }],
} as Ask

const second = {
  ...first,
  messages: [
    { role: 'user', content: said },
    { role: 'assistant', content: 'Done.' },
    { role: 'user', content: [cachedText('Go on.')] },
  ],
} as Ask

const connect = (options?: Parameters<typeof startAudited>[0]) => {
  const session = startAudited(options)
  const client = new Anthropic({ baseURL: session.chain.url, apiKey: 'k', maxRetries: 0 })
  /** The answer, whole or streamed; of a stream, what its start says. */
  const ask = async (params: Ask, stream: boolean): Promise<Anthropic.Message> => {
    const answer = stream ? client.messages.stream(params) : client.messages.create(params)
    if (!('finalMessage' in answer)) return answer
    let start: Anthropic.Message['diagnostics'] | undefined
    answer.on('streamEvent', (event) => {
      if (event.type === 'message_start') start = event.message.diagnostics
    })
    const message = await answer.finalMessage()
    expect(message.diagnostics).toEqual(start as never)
    return message
  }
  return { ...session, ask }
}

describe.each([false, true])('the SDK reads diagnostics (stream: %p)', (stream) => {
  /** The diagnosis of a changed second turn, and the tokens that the first one cached. */
  const diagnose = async (changed: Params, earlier: Params = {}) => {
    const { ask, logged } = connect()
    const { id, usage } = await ask({ ...first, ...earlier }, stream)
    const { diagnostics } = await ask({ ...second, ...changed, diagnostics: { previous_message_id: id } }, stream)
    expect(logged).toEqual([])
    return { diagnostics, cached: usage.cache_creation_input_tokens ?? 0 }
  }

  test.each<[Reason, Params, number]>([
    ['model_changed', { model: 'claude-opus-4-6' }, 1],
    ['tools_changed', { tools: [tool('Bash'), tool('Write')] as Anthropic.Tool[] }, 1],
    ['system_changed', { system: [cachedText(`${rules}Now.`)] as Anthropic.TextBlockParam[] }, 1],
    [
      'messages_changed',
      { messages: [{ role: 'user', content: [cachedText(`Not this. ${said}`)] }] as Anthropic.MessageParam[] },
      0.05,
    ],
  ])('%s, with the tokens that were not read (CA-D1, CA-D3)', async (type, changed, leastShare) => {
    const { diagnostics, cached } = await diagnose(changed)
    const reason = diagnostics?.cache_miss_reason
    expect(reason?.type).toBe(type)
    const missed = reason && 'cache_missed_input_tokens' in reason ? reason.cache_missed_input_tokens : 0
    expect(missed / cached).toBeWithin(leastShare * 0.9, 1.001)
  })

  test('null, if the prompt before is whole (CA-D2)', async () => {
    expect((await diagnose({})).diagnostics).toBeNull()
  })

  test('null at the start of a conversation, and without the field (CA-D2, CA-D5)', async () => {
    const { ask } = connect()
    expect((await ask({ ...first, diagnostics: { previous_message_id: null } }, stream)).diagnostics).toBeNull()
    expect((await ask(second, stream)).diagnostics).toBeNull()
  })

  test('previous_message_not_found, for an id of another server (CA-D2)', async () => {
    const { ask } = connect()
    const { diagnostics } = await ask({ ...first, diagnostics: { previous_message_id: 'msg_other' } }, stream)
    expect(diagnostics).toEqual({ cache_miss_reason: { type: 'previous_message_not_found' } })
  })

  test('unavailable, if only thinking or the choice of a tool differs (CA-D3)', async () => {
    const unavailable = { cache_miss_reason: { type: 'unavailable' as const } }
    expect((await diagnose({ tool_choice: { type: 'any' } })).diagnostics).toEqual(unavailable)
    const thinking = { type: 'enabled', budget_tokens: 1024 } as const
    expect((await diagnose({ max_tokens: 2000, thinking })).diagnostics).toEqual(unavailable)
  })

  test('unavailable, if the client marks nothing that reaches the cached prompt (CA-D3)', async () => {
    const unmarked = { system: rules, messages: [{ role: 'user' as const, content: said }] }
    expect((await diagnose(unmarked)).diagnostics).toEqual({ cache_miss_reason: { type: 'unavailable' } })
  })

  test('the diagnosis does not depend on what the upstream still has (CA-D1)', async () => {
    const { ask, wait } = connect()
    const { id } = await ask(first, stream)
    wait(60 * 60_000)
    const { diagnostics, usage } = await ask({ ...second, diagnostics: { previous_message_id: id } }, stream)
    expect([diagnostics, usage.cache_read_input_tokens]).toEqual([null, 0])
  })
})
