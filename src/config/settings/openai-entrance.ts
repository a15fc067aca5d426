import type { Setting } from './setting.ts'

/** Larger than any model's output. */
const maximumTokens = 10_000_000
const maximumAnswers = 100_000

/** The server's own OpenAI API, for clients such as Codex and opencode. */
export const openAiEntranceSettings = [
  {
    key: 'openaiEntrance.enabled',
    flag: 'no-openai-api',
    offDescription: "Do not serve OpenAI's Chat Completions and Responses",
    environment: ['NEXUS_OPENAI_API'],
    type: { kind: 'switch' },
    default: true,
    description: "Serve OpenAI's Chat Completions and Responses, too",
    details: 'The flag turns this off. [OpenAI clients](clients/openai.md).',
  },
  {
    key: 'openaiEntrance.modelMap',
    environment: ['NEXUS_MODEL_MAP', 'MODEL_MAP'],
    type: { kind: 'map' },
    description: 'Map model names of OpenAI clients to models',
    details: 'Pairs `a:b,c:d`; in a file an object. A `*` in a name is any text.',
    hint: 'a:b,c:d',
  },
  {
    key: 'openaiEntrance.unknownModel',
    environment: [],
    type: { kind: 'choice', options: ['family', 'refuse'] },
    default: 'family',
    description: 'Answer unknown model names with the main model, or refuse them',
    details: '`family` uses the main model; `refuse` answers 404.',
  },
  {
    key: 'openaiEntrance.defaultMaxTokens',
    environment: [],
    type: { kind: 'number', minimum: 1, maximum: maximumTokens, integer: true },
    default: 32_000,
    description: 'Limit answers to this number of tokens if the client sets no limit',
    hint: 'tokens',
  },
  {
    key: 'openaiEntrance.autoCache',
    flag: 'no-prompt-cache',
    offDescription: 'Do not mark the requests of OpenAI clients for the prompt cache',
    environment: [],
    type: { kind: 'switch' },
    default: true,
    description: "Mark the requests of OpenAI clients for the model's prompt cache",
    details: 'The flag turns this off.',
  },
  {
    key: 'openaiEntrance.reasoning',
    environment: [],
    type: { kind: 'choice', options: ['both', 'content', 'details', 'none'] },
    default: 'both',
    description: "Choose the members of Chat Completions that show the model's thinking",
    details: '`content`: `reasoning_content`; `details`: `reasoning_details`; or `both`, or `none`.',
  },
  {
    key: 'openaiEntrance.thinkingMemory',
    environment: [],
    type: { kind: 'switch' },
    default: true,
    description: "Keep the model's thinking in memory for clients that cannot send it back",
  },
  {
    key: 'openaiEntrance.responseStore',
    environment: [],
    type: { kind: 'number', minimum: 0, maximum: maximumAnswers, integer: true },
    default: 1000,
    description: 'Keep this number of Responses answers in memory, for an hour; 0 for none',
    hint: 'count',
  },
] as const satisfies readonly Setting[]

const maximumPingSeconds = 3600

/** The server's streams, for clients of every protocol. */
export const streamSettings = [
  {
    key: 'pingInterval',
    environment: ['NEXUS_PING_INTERVAL'],
    type: { kind: 'number', minimum: 0.1, maximum: maximumPingSeconds, integer: false },
    default: 10,
    description: 'Send a sign of life after this many seconds of silence in a stream',
    hint: 'seconds',
  },
] as const satisfies readonly Setting[]
