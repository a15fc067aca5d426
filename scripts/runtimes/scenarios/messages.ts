import { expect } from 'bun:test'
import { eventStream, message, messages, text, weather } from './requests.ts'
import type { Scenario } from './scenario.ts'

/** Anthropic's API in front of AI Nexus. */
export const messageScenarios: readonly Scenario[] = [
  {
    does: 'answers a message',
    run: ({ post }) => post(messages, message('use a tool', { tools: [weather] })),
    expected: text(/"type":"tool_use".*"city":"Zürich"/),
  },
  {
    does: 'streams a message',
    run: ({ post }) => post(messages, message('use a tool', { stream: true, tools: [weather] })),
    expected: { ...text(/^event: message_start\n[\s\S]*Zürich[\s\S]*event: message_stop\n/), headers: eventStream },
  },
  {
    does: 'counts tokens, also for many requests at once',
    run: ({ post }) =>
      Promise.all(
        // Of the same words, and of others.
        Array.from({ length: 20 }, (_, index) =>
          post(`${messages}/count_tokens`, message(`Count ${index % 5} words.`)),
        ),
      ),
    expected: Array(20).fill(text(/^\{"input_tokens":\d+\}$/)),
  },
  {
    does: 'refuses an invalid request with the path of the fault',
    run: ({ post }) => post(messages, message([{ type: 'image', source: { type: 'base64', media_type: 'x' } }])),
    expected: { status: 400, text: expect.stringContaining('messages.0.content.0') },
  },
  {
    does: 'refuses a body that is not JSON',
    run: ({ post }) => post(messages, new TextEncoder().encode('{"model":')),
    expected: { status: 400, text: expect.stringContaining('invalid_request_error') },
  },
  {
    does: "passes on the upstream's error, and when to try again",
    run: ({ post }) => post(messages, message('throttle')),
    expected: { status: 429, headers: { 'retry-after': '7' }, text: expect.stringContaining('rate_limit_error') },
  },
  {
    does: 'ends a stream that breaks with an error',
    run: ({ post }) => post(messages, message('break off', { stream: true })),
    expected: text(/event: message_start\n[\s\S]*event: error\n/),
  },
  {
    does: 'ends a stream whose connection breaks with an error',
    run: ({ post }) => post(messages, message('lose the connection', { stream: true })),
    expected: text(/event: message_start\n[\s\S]*event: error\n.*The connection to 127\.0\.0\.1/),
    // Deno and Workers give no reason.
    differs: true,
  },
  {
    does: 'refuses unknown paths',
    run: ({ get }) => get('/v1/nothing'),
    expected: { status: 404, text: expect.stringContaining('not_found_error') },
  },
  {
    does: 'refuses a wrong token and no token',
    run: async ({ post }) => [
      await post(messages, message('hello'), { authorization: 'Bearer wrong' }),
      await post(messages, message('hello'), { authorization: '' }),
    ],
    expected: Array(2).fill({ status: 401, text: expect.stringContaining('authentication_error') }),
  },
  {
    does: 'lists the models',
    run: ({ get }) => get('/v1/models'),
    expected: text(/"id":"claude-sonnet/),
  },
  {
    does: 'refuses an image by its URL: there is no safe way to fetch it',
    run: ({ post }) =>
      post(messages, message([{ type: 'image', source: { type: 'url', url: 'https://host.example/image.png' } }])),
    expected: { status: 400, text: expect.stringMatching(/messages\.0\.content\.0.*URL/) },
    differs: true,
  },
]
