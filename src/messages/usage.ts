import type { FinalUsage } from '../wire/anthropic/events.ts'
import type { Usage } from '../wire/anthropic/response.ts'

/** Members for which no upstream has figures. */
const unknownFigures = {
  output_tokens_details: null,
  server_tool_use: null,
  inference_geo: null,
  speed: null,
  iterations: null,
  fallback_credit: null,
} as const

/** The figures that upstreams report. */
export type UsageFigures = Omit<Usage, keyof typeof unknownFigures>

export const withUnknownFigures = (figures: UsageFigures): Usage => ({ ...figures, ...unknownFigures })

/** The figures at a stream's start. */
export const noUsage: Usage = withUnknownFigures({
  input_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  output_tokens: 0,
  service_tier: 'standard',
})

/** The figures at a stream's end. */
export const toFinalUsage = ({
  service_tier: _tier,
  inference_geo: _place,
  speed: _speed,
  ...usage
}: Usage): FinalUsage => usage

/** Returns a reported count of tokens. Anything else counts as 0: a response is not refused for its usage. */
export const toTokenCount = (value: unknown): number =>
  Number.isInteger(value) && Number(value) >= 0 ? Number(value) : 0
