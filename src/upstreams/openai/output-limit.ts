/** How many tokens a response may have (OU-R8). */

export interface OutputLimits {
  readonly maximum: number | undefined
  /** For requests without a valid value. Never raises a valid one. */
  readonly minimum: number | undefined
}

/** Tokens kept free in the context window, because the estimate may be too low. */
export const reservedTokens = 2048

/** Tokens that are left for the response; undefined without a context limit. */
export const availableTokens = (contextLimit: number | undefined, estimate: number): number | undefined =>
  contextLimit === undefined ? undefined : Math.max(contextLimit - estimate - reservedTokens, 1)

/** The maximum limits the minimum. */
export const fallbackTokens = ({ maximum, minimum }: OutputLimits): number | undefined =>
  minimum === undefined ? undefined : Math.min(minimum, maximum ?? minimum)

/** 0 stays: it only fills a prompt cache, and requests no output (OU-Q1). */
export const limitOutput = (requested: number, { maximum }: OutputLimits, available: number | undefined): number =>
  requested === 0 ? 0 : Math.min(requested, maximum ?? requested, available ?? requested)
