import { expect } from 'bun:test'
import { eventStream, pixel, text } from './requests.ts'
import type { Scenario } from './scenario.ts'

const chat = '/v1/chat/completions'
const responses = '/v1/responses'

const weather = {
  type: 'function',
  function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
}
const chatRequest = (content: unknown, more: object = {}) => ({
  model: 'claude-sonnet-4-6',
  messages: [{ role: 'user', content }],
  ...more,
})
const usesTool = { tools: [weather] }
const responsesTool = { tools: [{ type: 'function', ...weather.function }] }

/** OpenAI's APIs in front of AI Nexus. */
export const openAiClientScenarios: readonly Scenario[] = [
  {
    does: 'answers Chat Completions',
    run: ({ post }) => post(chat, chatRequest('use a tool', usesTool)),
    expected: text(/"tool_calls":\[\{.*Zürich/),
  },
  {
    does: 'streams Chat Completions',
    run: ({ post }) => post(chat, chatRequest('use a tool', { ...usesTool, stream: true })),
    expected: { ...text(/^data: [\s\S]*Zürich[\s\S]*data: \[DONE\]\n/), headers: eventStream },
  },
  {
    does: 'reads an image in a data URL of Chat Completions',
    run: async ({ post, journal }) => {
      const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } }
      const { status } = await post(chat, chatRequest([image, { type: 'text', text: 'What is this?' }]))
      return { status, hasImage: JSON.stringify(journal('nexus').at(-1)?.body).includes(pixel) }
    },
    expected: { status: 200, hasImage: true },
  },
  {
    does: 'answers Responses',
    run: ({ post }) => post(responses, { model: 'claude-sonnet-4-6', input: 'use a tool', ...responsesTool }),
    expected: text(/"type":"function_call".*Zürich/),
  },
  {
    does: 'streams Responses',
    run: ({ post }) =>
      post(responses, { model: 'claude-sonnet-4-6', input: 'use a tool', stream: true, ...responsesTool }),
    expected: { ...text(/^event: response\.created\n[\s\S]*event: response\.completed\n/), headers: eventStream },
  },
  {
    does: "answers errors in OpenAI's form",
    run: async ({ post }) => [
      await post(chat, { model: 'claude-sonnet-4-6', messages: 'none' }),
      await post(chat, chatRequest('throttle')),
      await post(responses, { model: 'claude-sonnet-4-6', input: 1 }),
      await post(chat, chatRequest('hello'), { authorization: 'Bearer wrong' }),
    ],
    expected: [
      { status: 400, text: expect.stringContaining('"param":"messages') },
      { status: 429, text: expect.stringContaining('"error":') },
      { status: 400, text: expect.stringContaining('"error":') },
      { status: 401, text: expect.stringContaining('"error":') },
    ],
  },
]
