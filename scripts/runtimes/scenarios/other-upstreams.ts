import { expect } from 'bun:test'
import { eventStream, message, messages, text, weather } from './requests.ts'
import type { Scenario } from './scenario.ts'

const withOpus = { model: 'claude-opus-4-6' }

/** The central gateway in front of an OpenAI-compatible server: its settings come from variables alone. */
export const openAiUpstreamScenarios: readonly Scenario[] = [
  {
    does: 'sends a message to the model of MODEL_MAP',
    run: async ({ post, journal }) => {
      const answer = await post(messages, message('use a tool', { ...withOpus, tools: [weather] }))
      return { answer, model: journal('openai').at(-1)?.modelId }
    },
    expected: { answer: text(/"model":"claude-opus-4-6".*"city":"Zürich"/), model: 'gpt-5.1' },
  },
  {
    does: 'sends other names to BIG_MODEL, and streams',
    run: async ({ post, journal }) => {
      const answer = await post(messages, message('use a tool', { stream: true, tools: [weather] }))
      return { answer, model: journal('openai').at(-1)?.modelId }
    },
    expected: { answer: { ...text(/event: message_stop\n/), headers: eventStream }, model: 'gpt-4.1' },
  },
  {
    does: 'estimates tokens',
    run: ({ post }) => post(`${messages}/count_tokens`, message('Count these words.')),
    expected: text(/^\{"input_tokens":\d+\}$/),
  },
  {
    does: 'requires the token of its clients',
    run: ({ post }) => post(messages, message('hello'), { authorization: 'Bearer wrong' }),
    expected: { status: 401 },
  },
  {
    does: 'ends a stream that breaks with an error',
    run: ({ post }) => post(messages, message('break off', { stream: true })),
    expected: text(/event: message_start\n[\s\S]*event: error\n/),
  },
]

/** Anthropic's API, forwarded unread. */
export const anthropicUpstreamScenarios: readonly Scenario[] = [
  {
    does: 'forwards a message',
    run: ({ post }) => post(messages, message('hello'), { 'anthropic-version': '2023-06-01' }),
    expected: text(/"text":"You said: hello"/),
  },
  {
    does: 'forwards a stream',
    run: ({ post }) => post(messages, message('use a tool', { stream: true, tools: [weather] })),
    expected: text(/^event: message_start\n[\s\S]*Zürich[\s\S]*event: message_stop\n/),
  },
  {
    does: 'forwards a count of tokens and the list of models',
    run: async ({ post, get }) => [
      await post(`${messages}/count_tokens`, { ...message('Count these words.'), max_tokens: undefined }),
      await get('/v1/models'),
    ],
    expected: [text(/"input_tokens":\d+/), text(/"id":"claude-/)],
  },
  {
    does: 'forwards an error',
    run: ({ post }) => post(messages, message('hello', { temperature: 5 })),
    expected: { status: 400, text: expect.stringContaining('temperature') },
  },
  {
    does: 'serves clients of Chat Completions',
    run: ({ post }) =>
      post('/v1/chat/completions', { model: 'claude-sonnet-4-6', messages: [{ role: 'user', content: 'hello' }] }),
    expected: text(/"content":"You said: hello"/),
  },
]
