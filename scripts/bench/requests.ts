import { type OpenAiWire, type PlainRequest, toOpenAi } from '../support/openai-requests.ts'
import { createRandom } from '../support/random.ts'

/** Requests with the sizes and shapes of Claude Code's. The words are invented, and always the same. */

const syllables = ['ka', 'lo', 'mi', 'ter', 'an', 'ru', 'vel', 'is', 'tor', 'ne', 'pa', 'qui', 'sed', 'um', 'ri', 'ol']
const seed = 20261121
const random = createRandom(seed)

const word = (): string => Array.from({ length: 1 + random.below(4) }, () => random.pick(syllables)).join('')

/** A text of about this length, with the line breaks and quotes of code and prose. */
const prose = (characters: number): string => {
  let text = ''
  while (text.length < characters) {
    text += word()
    text += random.pick([' ', ' ', ' ', ' ', ', ', '. ', '\n', '\n  ', ' "', '" ', '\t', '(); '])
  }
  return text.slice(0, characters)
}

const schema = (properties: number): object => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: Object.fromEntries(
    Array.from({ length: properties }, (_, index) => [
      `${word()}_${index}`,
      random.chance(0.3)
        ? { type: 'array', items: { type: 'object', properties: { [word()]: { type: 'string' } } } }
        : { type: random.pick(['string', 'number', 'boolean']), description: prose(120) },
    ]),
  ),
  required: [],
  additionalProperties: false,
})

const cached = { cache_control: { type: 'ephemeral' } } as const

const tools = (count: number, descriptionCharacters: number): object[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `Tool${index}`,
    description: prose(descriptionCharacters),
    input_schema: schema(4),
  }))

/** A model's turn with a tool call, and the client's with its result. */
const exchange = (index: number, resultCharacters: number): object[] => [
  {
    role: 'assistant',
    content: [
      { type: 'text', text: prose(160) },
      {
        type: 'tool_use',
        id: `toolu_${String(index).padStart(24, '0')}`,
        name: `Tool${index % 20}`,
        input: { file_path: `/srv/project/${word()}/${word()}.ts`, limit: index, pattern: prose(40) },
      },
    ],
  },
  {
    role: 'user',
    content: [
      {
        type: 'tool_result',
        tool_use_id: `toolu_${String(index).padStart(24, '0')}`,
        content: index % 3 === 0 ? prose(resultCharacters) : [{ type: 'text', text: prose(resultCharacters) }],
      },
      ...(index % 5 === 0 ? [{ type: 'text', text: prose(200) }] : []),
    ],
  },
]

const marked = (message: object): object => {
  const { content } = message as { content: object[] }
  return {
    ...message,
    content: content.map((block, index) => (index < content.length - 1 ? block : { ...block, ...cached })),
  }
}

const base = {
  model: 'claude-sonnet-4-5',
  max_tokens: 32_000,
  metadata: { user_id: 'user_0000000000000000_account__session_00000000' },
} as const

/** 0.7 KB: a request for a title, or a probe. */
const small = (): object => ({
  ...base,
  max_tokens: 512,
  system: [{ type: 'text', text: prose(200) }],
  messages: [{ role: 'user', content: [{ type: 'text', text: prose(240) }] }],
})

const exchanges = 40

/** 149 KB: a session after about forty turns. */
const large = (): object => {
  const conversation = Array.from({ length: exchanges }, (_, index) => exchange(index, 1150)).flat()
  const last = conversation.length - 1
  return {
    ...base,
    temperature: 1,
    system: [
      { type: 'text', text: prose(60), ...cached },
      { type: 'text', text: prose(14_000), ...cached },
    ],
    tools: tools(24, 1500),
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: prose(3000) },
          { type: 'text', text: prose(400) },
        ],
      },
      ...conversation.map((message, index) => (index === last || index === last - 2 ? marked(message) : message)),
    ],
  }
}

/** The same with one character outside Latin-1, like Claude Code's own prompt: engines then use two bytes for each. */
const largeUnicode = (): object => {
  const request = large() as { messages: object[] }
  return { ...request, messages: [{ role: 'user', content: [{ type: 'text', text: 'a → b' }] }, ...request.messages] }
}

const pngHead = [
  0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 4, 0, 0, 0, 3, 0,
]

/** The header of a picture, and noise instead of pixels. */
const picture = (bytes: number): object => {
  const data = Uint8Array.from({ length: bytes }, (_, index) => pngHead[index] ?? random.below(256))
  return {
    type: 'image',
    source: { type: 'base64', media_type: 'image/png', data: Buffer.from(data).toString('base64') },
  }
}

/** 2 MB: screenshots. */
const images = (): object => ({
  ...base,
  system: [{ type: 'text', text: prose(2000), ...cached }],
  messages: [
    { role: 'user', content: [{ type: 'text', text: prose(400) }, picture(750_000)] },
    { role: 'assistant', content: [{ type: 'text', text: prose(300) }] },
    { role: 'user', content: [picture(750_000), { type: 'text', text: prose(300), ...cached }] },
  ],
})

/** Created in this order, so that each is the same on every machine and in every process. */
const requests = { small: small(), large: large(), 'large-unicode': largeUnicode(), images: images() }

export type RequestKind = keyof typeof requests

/** The body of a request in the client's protocol, as text. */
export const requestBody = (kind: RequestKind, isStream: boolean, wire?: OpenAiWire): string => {
  const request = requests[kind]
  const body = wire === undefined ? request : toOpenAi(request as PlainRequest, wire)
  // As Codex sends them.
  const isUnstored = wire === 'responses'
  return JSON.stringify({ ...body, ...(isUnstored && { store: false }), ...(isStream && { stream: true }) })
}
