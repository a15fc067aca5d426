import { assistant, image, png, tool, toolResult, toolUse, user } from '../../support/translate.ts'
import { type Break, retryAfterSeconds, type UpstreamBehaviour } from './row.ts'

/** The behaviour of every upstream, in Anthropic's terms only. */

const some = { text: 'A text that is long enough to be cut somewhere.' }
const thinking = { max_tokens: 3000, thinking: { type: 'enabled', budget_tokens: 2000 } }
const tools = { tools: [tool('look'), tool('wait')] }

const documentOf = (mediaType: string, data: string): object => ({
  type: 'document',
  source: { type: 'base64', media_type: mediaType, data },
})

/** Generous unless the test is about silence: a busy machine is slow. */
const deadlineFor = (how: Break): number => (how === 'silent' ? 200 : 10_000)

/** Replaces every seal: each upstream makes its own. */
const sealed = 'sealed'

export interface Answer {
  readonly name: string
  readonly behaviour: UpstreamBehaviour
  /** Added to the smallest request. */
  readonly request?: object
  /** Seals (`signature`, `data`) are `sealed`. */
  readonly content: readonly object[]
  readonly stop: { readonly stop_reason: string; readonly stop_sequence?: string; readonly stop_details?: object }
  /** Pictures that the provider gets. */
  readonly pictures?: readonly string[]
}

const ended = { stop_reason: 'end_turn' }
const called = { stop_reason: 'tool_use' }

export const answers: readonly Answer[] = [
  {
    name: 'text',
    behaviour: { output: [{ text: 'Grüße, 世界 🎉\r\n\u2028"quoted" \\ and done.' }] },
    content: [{ type: 'text', text: 'Grüße, 世界 🎉\r\n\u2028"quoted" \\ and done.' }],
    stop: ended,
  },
  {
    name: 'thinking',
    behaviour: { output: [{ thinking: 'Let me think about it.' }, { text: 'So.' }] },
    request: thinking,
    content: [
      { type: 'thinking', thinking: 'Let me think about it.', signature: sealed },
      { type: 'text', text: 'So.' },
    ],
    stop: ended,
  },
  {
    name: 'thinking without its text',
    behaviour: { output: [{ thinking: '' }, { text: 'So.' }] },
    request: thinking,
    content: [
      { type: 'thinking', thinking: '', signature: sealed },
      { type: 'text', text: 'So.' },
    ],
    stop: ended,
  },
  {
    name: 'redacted thinking',
    behaviour: { output: [{ redacted: 'hidden' }, { text: 'So.' }] },
    request: thinking,
    content: [
      { type: 'redacted_thinking', data: sealed },
      { type: 'text', text: 'So.' },
    ],
    stop: ended,
  },
  {
    name: 'a tool',
    behaviour: {
      output: [{ text: 'I look.' }, { tool: 'look', id: 'tool_1', input: { where: 'ä"\\\n', deep: [1, null] } }],
    },
    request: tools,
    content: [
      { type: 'text', text: 'I look.' },
      { type: 'tool_use', id: 'tool_1', name: 'look', input: { where: 'ä"\\\n', deep: [1, null] } },
    ],
    stop: called,
  },
  {
    name: 'parallel tools',
    behaviour: {
      output: [
        { tool: 'look', id: 'tool_1', input: { where: 'here' } },
        { tool: 'look', id: 'tool_2', input: { where: 'there' } },
        { tool: 'wait', id: 'tool_3', input: { seconds: 1 } },
      ],
    },
    request: tools,
    content: [
      { type: 'tool_use', id: 'tool_1', name: 'look', input: { where: 'here' } },
      { type: 'tool_use', id: 'tool_2', name: 'look', input: { where: 'there' } },
      { type: 'tool_use', id: 'tool_3', name: 'wait', input: { seconds: 1 } },
    ],
    stop: called,
  },
  {
    name: 'thinking, then a tool without an input',
    behaviour: { output: [{ thinking: 'I wait.' }, { tool: 'wait', id: 'tool_1' }] },
    request: { ...tools, ...thinking },
    content: [
      { type: 'thinking', thinking: 'I wait.', signature: sealed },
      { type: 'tool_use', id: 'tool_1', name: 'wait', input: {} },
    ],
    stop: called,
  },
  {
    name: 'a picture in the request',
    behaviour: { output: [{ text: 'A dot.' }] },
    request: { messages: [{ role: 'user', content: [image(), { type: 'text', text: 'What is it?' }] }] },
    content: [{ type: 'text', text: 'A dot.' }],
    stop: ended,
    pictures: [png],
  },
  {
    name: 'a picture and documents in a tool result',
    behaviour: { output: [{ text: 'Seen.' }] },
    request: {
      ...tools,
      messages: [
        user('Look.'),
        assistant(toolUse('t1', 'look')),
        user(
          toolResult('t1', [
            image(),
            documentOf('application/pdf', 'JVBERi0xLjQK'),
            documentOf('text/plain', 'd29yZHM='),
          ]),
        ),
      ],
    },
    content: [{ type: 'text', text: 'Seen.' }],
    stop: ended,
    pictures: [png],
  },
  { name: 'an empty response', behaviour: { output: [] }, content: [], stop: ended },
  {
    name: 'a response that reached the limit',
    behaviour: { output: [{ text: 'cut' }], stops: 'at the limit' },
    content: [{ type: 'text', text: 'cut' }],
    stop: { stop_reason: 'max_tokens' },
  },
  {
    name: 'a response that reached a stop sequence',
    behaviour: { output: [{ text: 'up to' }], stops: 'at a stop sequence', stopSequence: 'END' },
    request: { stop_sequences: ['FIN', 'END'] },
    content: [{ type: 'text', text: 'up to' }],
    stop: { stop_reason: 'stop_sequence', stop_sequence: 'END' },
  },
  {
    name: 'a refusal',
    behaviour: { output: [{ text: 'I cannot.' }], stops: 'to refuse' },
    content: [{ type: 'text', text: 'I cannot.' }],
    stop: {
      stop_reason: 'refusal',
      stop_details: {
        type: 'refusal',
        category: null,
        explanation: 'any',
        recommended_model: null,
        fallback_credit_token: null,
        fallback_has_prefill_claim: null,
      },
    },
  },
  {
    name: 'a response after a silence below the timeout',
    behaviour: { output: [some], firstByteDelayMs: 60, deadlineMs: 5000, pingMs: 20 },
    content: [{ type: 'text', text: some.text }],
    stop: ended,
  },
  {
    name: 'a response with several silences, together longer than the timeout',
    behaviour: { output: [some], eventDelayMs: 50, deadlineMs: 600, pingMs: 20 },
    content: [{ type: 'text', text: some.text }],
    stop: ended,
  },
]

export interface Failure {
  readonly type: string
  readonly status: number
  /** Words in the message that the client acts on. */
  readonly words?: RegExp
  readonly shouldRetry?: boolean
  readonly retryAfterSeconds?: number
}

export interface Refusal {
  readonly name: string
  readonly behaviour: UpstreamBehaviour
  readonly failure: Failure
  /** Whether only a stream can fail in this way. */
  readonly isOfStreams?: true
}

const refusal = (name: string, behaviour: UpstreamBehaviour, failure: Failure): Refusal => ({
  name,
  behaviour,
  failure,
})

/** Failures before the first event: a status. */
export const refusals: readonly Refusal[] = [
  refusal(
    'a prompt that is too long',
    { fails: 'prompt too long' },
    { type: 'invalid_request_error', status: 400, words: /\bprompt is too long/ },
  ),
  refusal('throttling', { fails: 'throttled' }, { type: 'rate_limit_error', status: 429, retryAfterSeconds }),
  refusal('a bad key', { fails: 'bad key' }, { type: 'authentication_error', status: 401, shouldRetry: false }),
  refusal('an unreachable host', { fails: 'dead host' }, { type: 'api_error', status: 502, shouldRetry: true }),
  refusal(
    'a silence beyond the timeout',
    { output: [some], firstByteDelayMs: 60_000, deadlineMs: 150 },
    { type: 'timeout_error', status: 504, shouldRetry: true },
  ),
  ...(
    [
      ['throttled', { type: 'rate_limit_error', status: 429 }],
      ['silent', { type: 'timeout_error', status: 504 }],
      ['cut', { type: 'api_error', status: 500 }],
      ['cut in an event', { type: 'api_error', status: 500 }],
      ['corrupt', { type: 'api_error', status: 500 }],
      ['reset', { type: 'api_error', status: 502 }],
    ] as const
  ).map(([how, failure]): Refusal => {
    const behaviour: UpstreamBehaviour = { output: [some], breaks: { at: 'first', how }, deadlineMs: deadlineFor(how) }
    return { ...refusal(`a stream that is ${how} before its first event`, behaviour, failure), isOfStreams: true }
  }),
]

/** Failures after the first event: the valid part arrives, then one error event of this type. */
export const streamErrors: Readonly<Record<Break, string>> = {
  // After an error inside a stream, Claude Code tries again only for an overload.
  throttled: 'overloaded_error',
  cut: 'api_error',
  'cut in an event': 'api_error',
  corrupt: 'api_error',
  reset: 'api_error',
  silent: 'timeout_error',
}

export const streamErrorBehaviour = (how: Break): UpstreamBehaviour => ({
  output: [some],
  breaks: { at: 'later', how },
  deadlineMs: deadlineFor(how),
})
export const streamErrorText = some.text

/** For clients that disconnect: before the first event, and in the middle. */
export const disconnects = {
  early: { output: [some], firstByteDelayMs: 60_000 },
  midway: { output: [{ text: 'x'.repeat(4000) }], eventDelayMs: 3 },
} satisfies Record<string, UpstreamBehaviour>
