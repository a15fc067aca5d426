import type { Estimate } from '../estimate/estimate.ts'

/** Rejects implausible counts of an upstream. */

/** If the tools are a smaller share of a prompt, we cannot tell whether its count includes them. */
const noticeableTools = 0.3
/** The largest factor between count and estimate, in both directions. */
const farthest = 4
/** Tokens of text. In a smaller prompt, shares mean nothing. */
const leastTokens = 1000
/** Tokens that a gateway may add to a prompt of any size. */
const unseenTokens = 40_000

/**
 * Bedrock's count of a Converse body has been reported to leave out the tools (Portkey-AI/gateway, PR 1379).
 * A count nearer to the prompt without tools than to the whole prompt leaves them out. The check ignores Anthropic's
 * prompt for tools, which is larger than many tools. Estimates of media and thinking are too rough for it.
 */
const leavesOutTools = (estimate: Estimate, factor: number, tokens: number): boolean => {
  const { tools, thinking, media } = estimate
  const text = estimate.text - estimate.toolsPrompt
  if (media > 0 || thinking > 0 || tools < text * noticeableTools) return false
  return tokens < (text - tools / 2) * factor
}

/** Only text must cost something: thinking may be dropped, and of a document only the text may be read. */
const isAbsurd = ({ text, thinking, media }: Estimate, factor: number, characters: number, tokens: number): boolean => {
  const most = Math.max(((text + thinking) * factor + media) * farthest, unseenTokens, characters)
  if (!Number.isSafeInteger(tokens) || tokens < 1 || tokens > most) return true
  return text >= leastTokens && tokens < (text * factor) / farthest
}

/**
 * Returns why a count cannot be right, or undefined if it can. No prompt has more tokens than its request has
 * characters, even with encrypted parts that the estimate cannot see.
 */
export const createPlausibilityCheck =
  (estimate: Estimate, factor: number, characters: number) =>
  (tokens: number): string | undefined => {
    if (isAbsurd(estimate, factor, characters, tokens)) return 'The count is implausible.'
    return leavesOutTools(estimate, factor, tokens) ? 'The count leaves out the tools.' : undefined
  }
