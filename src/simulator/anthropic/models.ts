/** The models of the simulated API, and the settings that each one refuses. */
export interface ApiModel {
  readonly id: string
  /** A name without a date that selects the model. */
  readonly alias?: string
  readonly displayName: string
  readonly line: 'haiku' | 'sonnet' | 'opus'
  readonly createdAt: string
  readonly thinking: readonly string[]
  /** Levels of `output_config.effort`; empty if the model does not have that member. */
  readonly efforts: readonly string[]
  /** Whether the model continues an assistant message. */
  readonly prefill: boolean
  /** Tokens. */
  readonly maxOutputTokens: number
  /** Tokens of input and output together; `longWindow` with its beta flag. */
  readonly window: number
}

/** Tokens. */
export const longWindow = 1_000_000

const large = {
  thinking: ['enabled', 'adaptive', 'disabled', 'between_tools'],
  efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
  prefill: false,
  maxOutputTokens: 128_000,
  window: 200_000,
} as const

/** Today's models and those of the tests, the newest first, as the API lists them. Their dates are approximate. */
export const apiModels: readonly ApiModel[] = [
  {
    id: 'claude-haiku-5-5',
    displayName: 'Claude Haiku 5.5',
    line: 'haiku',
    createdAt: '2026-10-01T00:00:00Z',
    ...large,
  },
  {
    id: 'claude-sonnet-5-5',
    displayName: 'Claude Sonnet 5.5',
    line: 'sonnet',
    createdAt: '2026-09-29T00:00:00Z',
    ...large,
    window: longWindow,
  },
  {
    id: 'claude-opus-5-5',
    displayName: 'Claude Opus 5.5',
    line: 'opus',
    createdAt: '2026-09-22T00:00:00Z',
    ...large,
    window: longWindow,
  },
  { id: 'claude-opus-4-8', displayName: 'Claude Opus 4.8', line: 'opus', createdAt: '2026-05-28T00:00:00Z', ...large },
  {
    id: 'claude-sonnet-4-6',
    displayName: 'Claude Sonnet 4.6',
    line: 'sonnet',
    createdAt: '2026-02-17T00:00:00Z',
    ...large,
  },
  { id: 'claude-opus-4-6', displayName: 'Claude Opus 4.6', line: 'opus', createdAt: '2026-02-05T00:00:00Z', ...large },
  {
    id: 'claude-haiku-4-5-20251001',
    alias: 'claude-haiku-4-5',
    displayName: 'Claude Haiku 4.5',
    line: 'haiku',
    createdAt: '2025-10-15T00:00:00Z',
    thinking: ['enabled', 'disabled'],
    efforts: [],
    prefill: true,
    maxOutputTokens: 64_000,
    window: 200_000,
  },
]

export const findModel = (models: readonly ApiModel[], name: string): ApiModel | undefined =>
  models.find(({ id, alias }) => id === name || alias === name)
