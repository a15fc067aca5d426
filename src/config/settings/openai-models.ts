import type { Setting } from './setting.ts'

/** Larger than any model's window. */
const maximumTokens = 100_000_000

const tokenLimit = { kind: 'number', minimum: 0, maximum: maximumTokens, integer: true } as const

/** The names of the server's models. */
const mapSettings = [
  {
    key: 'openai.modelMap',
    flag: 'model-map',
    environment: ['NEXUS_MODEL_MAP', 'MODEL_MAP'],
    upstream: 'openai',
    type: { kind: 'map' },
    description: 'Map exact model names to models of the upstream openai or anthropic',
    details: 'Pairs `a:b,c:d`, split at the first colon; in a file an object.',
    hint: 'a:b,c:d',
  },
  {
    key: 'openai.models.big',
    environment: ['NEXUS_OPENAI_MODELS_BIG', 'BIG_MODEL'],
    upstream: 'openai',
    fallback: 'model',
    type: { kind: 'text' },
    description: 'Use this model for names with opus, and for unknown names',
    details: "Without it, `--model`, then the provider's default.",
    hint: 'id',
  },
  {
    key: 'openai.models.middle',
    environment: ['NEXUS_OPENAI_MODELS_MIDDLE', 'MIDDLE_MODEL'],
    upstream: 'openai',
    fallback: 'model',
    type: { kind: 'text' },
    description: 'Use this model for names with sonnet',
    details: "Without it, `--model`, then the big model, then the provider's default.",
    hint: 'id',
  },
  {
    key: 'openai.models.small',
    environment: ['NEXUS_OPENAI_MODELS_SMALL', 'SMALL_MODEL'],
    upstream: 'openai',
    fallback: 'smallModel',
    type: { kind: 'text' },
    description: 'Use this model for names with haiku',
    details: "Without it, `--small-model`, then the big model, then the provider's default.",
    hint: 'id',
  },
  {
    key: 'openai.models.vision',
    environment: ['NEXUS_OPENAI_MODELS_VISION', 'VISION_MODEL'],
    upstream: 'openai',
    type: { kind: 'text' },
    description: 'Send turns with an image to this model',
    details: 'It gets only the image and the last words of the user.',
    hint: 'id',
  },
  {
    key: 'openai.visionRoute',
    environment: ['NEXUS_OPENAI_VISION_ROUTE', 'VISION_ROUTE'],
    upstream: 'openai',
    type: { kind: 'choice', options: ['direct', 'all'] },
    default: 'direct',
    description: 'Choose which turns go to the vision model',
    details: '`direct`: turns in which the user shows an image; `all`: also turns with an image in a tool result.',
  },
  {
    key: 'openai.stripImageContext',
    environment: ['NEXUS_OPENAI_STRIP_IMAGE_CONTEXT', 'STRIP_IMAGE_CONTEXT'],
    upstream: 'openai',
    type: { kind: 'switch' },
    default: true,
    description: 'Leave the system prompt out of turns that go to the vision model',
  },
] as const satisfies readonly Setting[]

const limitSettings = [
  {
    key: 'openai.contextLimits.big',
    environment: ['NEXUS_OPENAI_CONTEXT_LIMITS_BIG', 'BIG_MODEL_CONTEXT_LIMIT'],
    upstream: 'openai',
    type: tokenLimit,
    default: 0,
    description: 'Leave out the oldest exchanges above this context window of the big model, in tokens; 0 for no limit',
    hint: 'tokens',
  },
  {
    key: 'openai.contextLimits.middle',
    environment: ['NEXUS_OPENAI_CONTEXT_LIMITS_MIDDLE', 'MIDDLE_MODEL_CONTEXT_LIMIT'],
    upstream: 'openai',
    type: tokenLimit,
    default: 0,
    description: 'Limit the context of the middle model in the same way',
    hint: 'tokens',
  },
  {
    key: 'openai.contextLimits.small',
    environment: ['NEXUS_OPENAI_CONTEXT_LIMITS_SMALL', 'SMALL_MODEL_CONTEXT_LIMIT'],
    upstream: 'openai',
    type: tokenLimit,
    default: 0,
    description: 'Limit the context of the small model in the same way',
    hint: 'tokens',
  },
  {
    key: 'openai.contextLimits.vision',
    environment: ['NEXUS_OPENAI_CONTEXT_LIMITS_VISION', 'VISION_MODEL_CONTEXT_LIMIT'],
    upstream: 'openai',
    type: tokenLimit,
    default: 0,
    description: 'Limit the context of the vision model in the same way',
    hint: 'tokens',
  },
  {
    key: 'limits.maxTokens',
    environment: ['NEXUS_MAX_TOKENS_LIMIT', 'MAX_TOKENS_LIMIT'],
    upstream: 'openai',
    type: { ...tokenLimit, minimum: 1 },
    description: 'Lower `max_tokens` to this limit',
    hint: 'tokens',
  },
  {
    key: 'limits.minTokens',
    environment: ['NEXUS_MIN_TOKENS_LIMIT', 'MIN_TOKENS_LIMIT'],
    upstream: 'openai',
    type: { ...tokenLimit, minimum: 1 },
    description: 'Use this `max_tokens` for requests without a valid one',
    details: 'Never raises a valid value.',
    hint: 'tokens',
  },
] as const satisfies readonly Setting[]

/** Models of an OpenAI-compatible server, and their limits (OU section 2). */
export const openAiModelSettings = [...mapSettings, ...limitSettings] as const satisfies readonly Setting[]
