import { png } from '../../tests/support/translate.ts'
import { type PlainRequest, toOpenAi } from '../support/openai-requests.ts'
import type { Random } from '../support/random.ts'

/** The bodies of the soak, in the protocols of its clients. */

export const soakKinds = [
  'stream',
  'stream',
  'stream',
  'whole',
  'count',
  'tools',
  'image',
  'history',
  'search',
] as const
export const soakWires = ['anthropic', 'anthropic', 'chat', 'responses'] as const
export type SoakKind = (typeof soakKinds)[number]
export type SoakWire = (typeof soakWires)[number]

const tool = {
  name: 'Bash',
  description: 'Runs a command.',
  input_schema: { type: 'object', properties: { command: { type: 'string' } } },
}
export const paragraph = 'The quick brown fox jumps over the lazy dog, and says so in a log file. '

type Message = PlainRequest['messages'][number]

const contentFor = (kind: SoakKind, words: string): Message['content'] =>
  kind === 'image'
    ? [
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
        { type: 'text', text: words },
      ]
    : words

/** The history of a long session: about a hundred turns, a quarter of a megabyte. */
const history = (random: Random): Message[] =>
  Array.from({ length: 60 }, (_, turn) => [
    { role: 'user', content: `${turn} ${paragraph.repeat(1 + random.below(40))}` },
    { role: 'assistant', content: [{ type: 'text', text: paragraph.repeat(1 + random.below(40)) }] },
  ]).flat()

const paths = { anthropic: '/v1/messages', chat: '/v1/chat/completions', responses: '/v1/responses' } as const

/** Effort makes the model think, for the thinking that the server keeps. */
const efforts = {
  anthropic: {},
  chat: { reasoning_effort: 'low' },
  responses: { reasoning: { effort: 'low', summary: 'auto' } },
} as const

interface SoakRequest {
  readonly path: string
  readonly body: object
}

export const toSoakRequest = (wire: SoakWire, isStream: boolean, request: PlainRequest): SoakRequest => {
  const body = wire === 'anthropic' ? request : toOpenAi(request, wire)
  return { path: paths[wire], body: { ...body, stream: isStream, ...efforts[wire] } }
}

/** The search that the server runs for the model. */
const searches = {
  anthropic: { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
  chat: { web_search_options: {} },
  responses: { tools: [{ type: 'web_search' }] },
} as const

interface SoakRequestOptions {
  readonly kind: SoakKind
  readonly wire: SoakWire
  readonly isStream: boolean
  /** The user's last ones. */
  readonly words: string
}

export const soakRequestOf = ({ kind, wire, isStream, words }: SoakRequestOptions, random: Random): SoakRequest => {
  const model = random.pick(['claude-sonnet-4-6', 'claude-opus-4-6', 'claude-haiku-4-5'])
  const messages = [...(kind === 'history' ? history(random) : []), { role: 'user', content: contentFor(kind, words) }]
  if (kind === 'count') return { path: '/v1/messages/count_tokens', body: { model, messages } }
  const tools = kind === 'tools' && { tools: [tool] }
  const { path, body } = toSoakRequest(wire, isStream, { model, max_tokens: 2000, ...tools, messages })
  return { path, body: kind === 'search' ? { ...body, ...searches[wire] } : body }
}
