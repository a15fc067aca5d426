import type { TokenFigures } from './request-record.ts'

/** More is an upstream's mistake. Metrics and SQLite would refuse it, and sums would lose their last digits. */
const largestFigure = 1e12

/** Of what an upstream or a client wrote: not always a whole number. */
export const wholeFigure = (value: number): number =>
  Number.isFinite(value) ? Math.min(Math.max(Math.round(value), 0), largestFigure) : 0

/** The figures that all observers and the cost use, so that their sums agree (OP-E1). */
export const wholeUsage = (usage: TokenFigures): TokenFigures => ({
  ...usage,
  input_tokens: wholeFigure(usage.input_tokens),
  cache_creation_input_tokens: wholeFigure(usage.cache_creation_input_tokens),
  cache_read_input_tokens: wholeFigure(usage.cache_read_input_tokens),
  output_tokens: wholeFigure(usage.output_tokens),
  ...(usage.cache_creation && {
    cache_creation: {
      ...usage.cache_creation,
      ephemeral_5m_input_tokens: wholeFigure(usage.cache_creation.ephemeral_5m_input_tokens),
      ephemeral_1h_input_tokens: wholeFigure(usage.cache_creation.ephemeral_1h_input_tokens),
    },
  }),
})
