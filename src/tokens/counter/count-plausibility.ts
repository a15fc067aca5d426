import type { Estimate } from '../estimate/estimate.ts'

/** Which counts of an upstream's are not believed. */

/** Tools that are less than this share of a prompt would not be missed in its count for certain. */
const noticeableTools = 0.3
/** How many times the estimate a count may be, and how many times a count the estimate. */
const farthest = 4
/** Tokens of text, below which a prompt is too small for a share to say anything. */
const leastTokens = 1000
/** Tokens that a gateway may add to any prompt, however small. */
const unseenTokens = 40_000

/**
 * Bedrock's count of a Converse body has been reported to leave out the tools (Portkey-AI/gateway, PR 1379).
 * A count nearer to the prompt without them than to the whole is one of those. Whether it has Anthropic's
 * prompt for tools does not matter here: it is larger than many a tool. Of media and thinking the estimate
 * is too rough to tell.
 */
const leavesOutTools = (estimate: Estimate, factor: number, tokens: number): boolean => {
  const { tools, thinking, media } = estimate
  const text = estimate.text - estimate.toolsPrompt
  if (media > 0 || thinking > 0 || tools < text * noticeableTools) return false
  return tokens < (text - tools / 2) * factor
}

/** What is not text may cost nothing at all: dropped thinking, the pages of a document whose text alone is read. */
const isAbsurd = ({ text, thinking, media }: Estimate, factor: number, characters: number, tokens: number): boolean => {
  const most = Math.max(((text + thinking) * factor + media) * farthest, unseenTokens, characters)
  if (!Number.isSafeInteger(tokens) || tokens < 1 || tokens > most) return true
  return text >= leastTokens && tokens < (text * factor) / farthest
}

/**
 * Says why a count cannot be that of the prompt, or nothing where it can. No prompt has more tokens
 * than its request has characters, whatever is sealed in it and hidden from the estimate.
 */
export const createPlausibilityCheck =
  (estimate: Estimate, factor: number, characters: number) =>
  (tokens: number): string | undefined => {
    if (isAbsurd(estimate, factor, characters, tokens)) return 'The count is absurd.'
    return leavesOutTools(estimate, factor, tokens) ? 'The count leaves out the tools.' : undefined
  }
