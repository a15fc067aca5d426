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
 * Bedrock's words as those that Claude Code recovers by (messages/client-wording.ts); without them the
 * client would give up on a conversation that it could have compacted or shortened.
 */

export interface WordingContext {
  /** The model's name as the client asked for it. */
  readonly model: string
  /** As the client asked for it; undefined where it did not. */
  readonly maxTokens: number | undefined
  /** Where the parts of what was sent stood in the client's request. */
  readonly paths?: PathMap
  /** The beta flags that were sent. */
  readonly betas?: readonly string[]
  /** What no words of the upstream's may hold on their way to the client. */
  readonly apiKey?: Secret
}

const inputTooLong =
  /Input is too long for requested model|too many total text bytes|Input Tokens Exceeded|exceeds the maximum.{0,40}context length|context window/i
const tokensOverMaximum = /\b(\d{1,12}) ?(?:tokens?)? ?> ?(\d{1,12})/
const saysPromptTooLong = /prompt is too long/i
const overContextLimit = /exceed context limit/i
const overOutputLimit = /maximum tokens you requested exceeds the model limit of (\d+)/i
const tooMuchMedia = /too many images and documents|more than \d+ documents/i
/** Bedrock's own forms of the two sentences about tool results. */
const resultsMissing = /^Expected toolResult blocks at messages\.(\d+)\.content for the following Ids: (.*)$/i
const resultsSurplus =
  /^The number of toolResult blocks at (messages\.\d+)\.content exceeds the number of toolUse blocks of previous turn/i

/** Whether the words say that the input is too long for the model, in one way or another. */
export const isOverflow = (message: string): boolean => saysPromptTooLong.test(message) || inputTooLong.test(message)

const overflowWording = (message: string): string => {
  // Bytes are no tokens: the client would compute with them.
  const figures = /bytes/i.test(message) ? null : tokensOverMaximum.exec(message)
  const [, tokens, maximum] = figures ?? []
  return promptTooLong(tokens === undefined || maximum === undefined ? undefined : { tokens, maximum })
}

const toolResultWording = (message: string): string => {
  const missing = resultsMissing.exec(message)
  if (missing !== null) {
    // Bedrock names the message that lacks the results, Anthropic the one that asks for them.
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
 * What is wrong with a request, in the words that the client knows, with its own places and, where it
 * has one, the class of what was rejected. Unknown words stay as they are.
 */
export const clientWording = (message: string, context: WordingContext): string => {
  const { paths, betas = [] } = context
  const words = knownWords(message, context)
  return withCapability(paths === undefined ? words : restoreClientPaths(words, paths), betas)
}
