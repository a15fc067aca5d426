import type { ContentBlock } from '../../wire/anthropic/content.ts'
import type { CountTokensRequest, InputMessage, MessagesRequest } from '../../wire/anthropic/request.ts'
import type { ApiModel } from './models.ts'

/** A body that matches the API's schema. A count request lacks `max_tokens` and the settings of an answer. */
export type CheckedBody = CountTokensRequest & Partial<MessagesRequest>

interface RuleContext {
  readonly body: CheckedBody
  readonly model: ApiModel
  /** The flags of the `anthropic-beta` header. */
  readonly betas: readonly string[]
}

/** Returns the API's words, or undefined if the request follows the rule. */
export type Rule = (context: RuleContext) => string | undefined

export const hasBeta = (betas: readonly string[], beginning: string): boolean =>
  betas.some((flag) => flag.startsWith(beginning))

/** A message's content as a list. */
export const blocksOf = ({ content = [] }: InputMessage): readonly ContentBlock[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content

/** The first refusal of a list. */
export const firstOf = <T>(
  items: readonly T[],
  check: (item: T, index: number) => string | undefined,
): string | undefined => {
  for (const [index, item] of items.entries()) {
    const refusal = check(item, index)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

/** The first refusal of the blocks of all messages. */
export const firstOfBlocks = (
  { messages }: CheckedBody,
  check: (block: ContentBlock, path: string, message: InputMessage) => string | undefined,
): string | undefined =>
  firstOf(messages, (message, index) =>
    firstOf(blocksOf(message), (block, position) => check(block, `messages.${index}.content.${position}`, message)),
  )
