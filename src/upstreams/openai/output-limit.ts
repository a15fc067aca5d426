/** How many tokens a response may have (OU-R8). */

export interface OutputLimits {
  readonly maximum: number | undefined
  /** For requests without a valid value. Never raises a valid one. */
  readonly minimum: number | undefined
}

/** Left between a prompt and the end of the context window, for what the estimate does not see. */
export const reservedTokens = 2048

/** Tokens that are left for the response; undefined without a limit of the context. */
export const availableTokens = (contextLimit: number | undefined, estimate: number): number | undefined =>
  contextLimit === undefined ? undefined : Math.max(contextLimit - estimate - reservedTokens, 1)

/** A minimum above the maximum is the maximum. */
export const fallbackTokens = ({ maximum, minimum }: OutputLimits): number | undefined =>
  minimum === undefined ? undefined : Math.min(minimum, maximum ?? minimum)

/** 0 stays: it fills a prompt cache, and requests nothing (OU-Q1). */
export const limitOutput = (requested: number, { maximum }: OutputLimits, available: number | undefined): number =>
  requested === 0 ? 0 : Math.min(requested, maximum ?? requested, available ?? requested)
