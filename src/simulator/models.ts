import type { CacheLifetime } from './tokens.ts'

/** The models that the simulated Nexus serves, and what each model refuses. */
export interface SimulatedModel {
  readonly id: string
  readonly thinking: readonly string[]
  readonly effort: readonly string[]
  readonly prefill: boolean
  /** Whether messages with the role `system` are accepted. */
  readonly systemMessages?: boolean
  /** Whether documents may request citations. Default: true. */
  readonly citations?: boolean
  readonly betas: readonly string[]
  /** Tokens. */
  readonly maxOutputTokens: number
  /** Tokens of input and output together; a million with its beta flag. */
  readonly window: number
  /** Tokens of the shortest prefix that it caches. Default: it caches every prefix. */
  readonly minimumCacheTokens?: number
  /** Lifetimes that a cache point may name; empty if it may not have the member. Default: all. */
  readonly cacheLifetimes?: readonly CacheLifetime[]
  /** Whether answers may have a schema. Default: true. */
  readonly structuredOutput?: boolean
  /** Whether images are accepted in tool results. Default: true. */
  readonly imagesInResults?: boolean
}

const commonBetas = [
  'fine-grained-tool-streaming-2025-05-14',
  'thinking-display-updates-2026-08-18',
  'thinking-binding-controls-2026-08-01',
  'context-management-2025-06-27',
  'dangerous-tool-use-2026-09-03',
  'computer-use-2024-10-22',
  'computer-use-2025-01-24',
  'computer-use-2025-11-24',
]

/** Sonnet and Opus of that version do not differ in these rules. */
const large46: Omit<SimulatedModel, 'id' | 'minimumCacheTokens'> = {
  thinking: ['enabled', 'adaptive', 'disabled'],
  effort: ['low', 'medium', 'high', 'max'],
  prefill: false,
  betas: [...commonBetas, 'context-1m-2025-08-07'],
  maxOutputTokens: 128_000,
  window: 200_000,
}

export const simulatedModels: readonly SimulatedModel[] = [
  { id: 'claude-sonnet-4.6', ...large46, minimumCacheTokens: 1024 },
  { id: 'claude-opus-4.6', ...large46, minimumCacheTokens: 4096 },
  {
    id: 'claude-haiku-4.5',
    thinking: ['enabled', 'disabled'],
    effort: [],
    prefill: true,
    betas: [...commonBetas, 'interleaved-thinking-2025-05-14'],
    maxOutputTokens: 64_000,
    window: 200_000,
    minimumCacheTokens: 4096,
  },
]
