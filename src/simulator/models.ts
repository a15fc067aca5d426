/** The models that the simulated Nexus serves, and what each of them refuses. */
export interface SimulatedModel {
  readonly id: string
  readonly thinking: readonly string[]
  readonly effort: readonly string[]
  readonly prefill: boolean
  readonly betas: readonly string[]
  /** Tokens. */
  readonly maxOutputTokens: number
}

const commonBetas = [
  'fine-grained-tool-streaming-2025-05-14',
  'thinking-display-updates-2026-08-18',
  'thinking-binding-controls-2026-08-01',
]

export const simulatedModels: readonly SimulatedModel[] = [
  {
    id: 'claude-sonnet-4.6',
    thinking: ['enabled', 'adaptive', 'disabled'],
    effort: ['low', 'medium', 'high', 'max'],
    prefill: false,
    betas: [...commonBetas, 'context-1m-2025-08-07'],
    maxOutputTokens: 128_000,
  },
  {
    id: 'claude-opus-4.6',
    thinking: ['enabled', 'adaptive', 'disabled'],
    effort: ['low', 'medium', 'high', 'max'],
    prefill: false,
    betas: [...commonBetas, 'context-1m-2025-08-07'],
    maxOutputTokens: 128_000,
  },
  {
    id: 'claude-haiku-4.5',
    thinking: ['enabled', 'disabled'],
    effort: [],
    prefill: true,
    betas: [...commonBetas, 'interleaved-thinking-2025-05-14'],
    maxOutputTokens: 64_000,
  },
]
