import type { Random } from '../support/random.ts'

/** Parts of requests with the sizes and shapes of Claude Code's. The words are invented, and the same for each seed. */

const syllables = ['ka', 'lo', 'mi', 'ter', 'an', 'ru', 'vel', 'is', 'tor', 'ne', 'pa', 'qui', 'sed', 'um', 'ri', 'ol']

const word = (random: Random): string =>
  Array.from({ length: 1 + random.below(4) }, () => random.pick(syllables)).join('')

/** A text of about this length, with the line breaks and quotes of code and prose. */
export const prose = (random: Random, characters: number): string => {
  let text = ''
  while (text.length < characters) {
    text += word(random)
    text += random.pick([' ', ' ', ' ', ' ', ', ', '. ', '\n', '\n  ', ' "', '" ', '\t', '(); '])
  }
  return text.slice(0, characters)
}

const schema = (random: Random, properties: number): object => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: Object.fromEntries(
    Array.from({ length: properties }, (_, index) => [
      `${word(random)}_${index}`,
      random.chance(0.3)
        ? { type: 'array', items: { type: 'object', properties: { [word(random)]: { type: 'string' } } } }
        : { type: random.pick(['string', 'number', 'boolean']), description: prose(random, 120) },
    ]),
  ),
  required: [],
  additionalProperties: false,
})

export const cached = { cache_control: { type: 'ephemeral' } } as const

const tools = (random: Random, count: number, descriptionCharacters: number): object[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `Tool${index}`,
    description: prose(random, descriptionCharacters),
    input_schema: schema(random, 4),
  }))

/** A model's turn with a tool call, and the client's with its result. */
export const exchange = (random: Random, index: number, resultCharacters: number): object[] => [
  {
    role: 'assistant',
    content: [
      { type: 'text', text: prose(random, 160) },
      {
        type: 'tool_use',
        id: `toolu_${String(index).padStart(24, '0')}`,
        name: `Tool${index % 20}`,
        input: {
          file_path: `/srv/project/${word(random)}/${word(random)}.ts`,
          limit: index,
          pattern: prose(random, 40),
        },
      },
    ],
  },
  {
    role: 'user',
    content: [
      {
        type: 'tool_result',
        tool_use_id: `toolu_${String(index).padStart(24, '0')}`,
        content:
          index % 3 === 0 ? prose(random, resultCharacters) : [{ type: 'text', text: prose(random, resultCharacters) }],
      },
      ...(index % 5 === 0 ? [{ type: 'text', text: prose(random, 200) }] : []),
    ],
  },
]

/** The message with a cache point at its end. */
export const marked = (message: object): object => {
  const { content } = message as { content: object[] }
  return {
    ...message,
    content: content.map((block, index) => (index < content.length - 1 ? block : { ...block, ...cached })),
  }
}

export const base = {
  model: 'claude-sonnet-4-5',
  max_tokens: 32_000,
  metadata: { user_id: 'user_0000000000000000_account__session_00000000' },
} as const

/** Characters of the result of each call. */
export const resultCharacters = 1150

/** The system prompt of Claude Code. */
export const systemPrompt = (random: Random): object[] => [
  { type: 'text', text: prose(random, 60), ...cached },
  { type: 'text', text: prose(random, 14_000), ...cached },
]

/** The tools of Claude Code. */
export const allTools = (random: Random): object[] => tools(random, 24, 1500)

/** The first message of a session. */
export const firstMessage = (random: Random): object => ({
  role: 'user',
  content: [
    { type: 'text', text: prose(random, 3000) },
    { type: 'text', text: prose(random, 400) },
  ],
})
