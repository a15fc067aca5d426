import type { Secret } from '../../base/secret.ts'
import {
  maxTokensTooLarge,
  promptTooLong,
  toolResultsMissing,
  toolResultsSurplus,
  withCapability,
} from '../../messages/client-wording.ts'
import type { PathMap } from '../../translate/anthropic-to-converse/path-map.ts'
import { restoreClientPaths } from './restore-client-paths.ts'

/**
 * Translates Bedrock's messages to those that make Claude Code recover (messages/client-wording.ts). Without them, the
 * client would give up on a conversation that it can compact or shorten.
 */

export interface WordingContext {
  /** The model's name in the client's request. */
  readonly model: string
  /** As in the client's request; undefined if absent. */
  readonly maxTokens: number | undefined
  /** Maps sent parts to their paths in the client's request. */
  readonly paths?: PathMap
  /** The beta flags that were sent. */
  readonly betas?: readonly string[]
  /** Removed from the upstream's messages to the client. */
  readonly apiKey?: Secret
}

const inputTooLong =
  /Input is too long for requested model|too many total text bytes|Input Tokens Exceeded|exceeds the maximum.{0,40}context length|context window/i
const tokensOverMaximum = /\b(\d{1,12}) ?(?:tokens?)? ?> ?(\d{1,12})/
const saysPromptTooLong = /prompt is too long/i
const overContextLimit = /exceed context limit/i
const overOutputLimit = /maximum tokens you requested exceeds the model limit of (\d+)/i
const tooMuchMedia = /too many images and documents|more than \d+ documents/i
/** Bedrock's versions of the two messages about tool results. */
const resultsMissing = /^Expected toolResult blocks at messages\.(\d+)\.content for the following Ids: (.*)$/i
const resultsSurplus =
  /^The number of toolResult blocks at (messages\.\d+)\.content exceeds the number of toolUse blocks of previous turn/i

/** Whether the message says that the input is too long for the model. */
export const isOverflow = (message: string): boolean => saysPromptTooLong.test(message) || inputTooLong.test(message)

const overflowWording = (message: string): string => {
  // Leaves out figures in bytes: the client would calculate with them as tokens.
  const figures = /bytes/i.test(message) ? null : tokensOverMaximum.exec(message)
  const [, tokens, maximum] = figures ?? []
  return promptTooLong(tokens === undefined || maximum === undefined ? undefined : { tokens, maximum })
}

const toolResultWording = (message: string): string => {
  const missing = resultsMissing.exec(message)
  if (missing !== null) {
    // Bedrock names the message without the results, Anthropic the one with the tool uses.
    return toolResultsMissing(Math.max(Number(missing[1]) - 1, 0), missing[2] ?? '')
  }
  const surplus = resultsSurplus.exec(message)
  return surplus?.[1] === undefined ? message : toolResultsSurplus(surplus[1])
}

const knownWords = (message: string, { model, maxTokens }: WordingContext): string => {
  if (overContextLimit.test(message) || saysPromptTooLong.test(message)) return message
  if (inputTooLong.test(message)) return overflowWording(message)
  const limit = overOutputLimit.exec(message)?.[1]
  if (limit !== undefined && maxTokens !== undefined) {
    return maxTokensTooLarge(maxTokens, limit, model)
  }
  if (tooMuchMedia.test(message) && !message.includes('too much media')) return `${message} (too much media)`
  return toolResultWording(message)
}

/**
 * Returns a refusal's message in the client's wording, with the client's paths and, if known, the class of the refusal.
 * An unknown message stays unchanged.
 */
export const clientWording = (message: string, context: WordingContext): string => {
  const { paths, betas = [] } = context
  const words = knownWords(message, context)
  return withCapability(paths === undefined ? words : restoreClientPaths(words, paths), betas)
}
