import type { ContentBlock, ToolResultContent } from '../wire/converse/content.ts'
import type { SimulatedRequest } from './reply.ts'

/** What a scenario may want to know of a request. */

type Asked = Pick<SimulatedRequest, 'body'>

/** Of the last message. */
export const lastBlocks = ({ body }: Asked): readonly ContentBlock[] => body.messages.at(-1)?.content ?? []

/** The last words of the last message. */
export const lastText = (request: Asked): string => {
  const last = lastBlocks(request).findLast((block) => 'text' in block)
  return last === undefined ? '' : last.text
}

/** Of the last message. */
export const toolResults = (request: Asked): Extract<ContentBlock, { toolResult: unknown }>['toolResult'][] =>
  lastBlocks(request).flatMap((block) => ('toolResult' in block ? [block.toolResult] : []))

export const resultParts = (request: Asked): ToolResultContent[] =>
  toolResults(request).flatMap(({ content }) => content)

/** The texts among the parts, one below the other. */
export const textOf = (parts: readonly ToolResultContent[]): string =>
  parts.flatMap((part) => ('text' in part ? [part.text] : [])).join('\n')

export const resultText = (request: Asked): string => textOf(resultParts(request))

export const offers = ({ body }: Asked, name: string): boolean =>
  (body.toolConfig?.tools ?? []).some((tool) => 'toolSpec' in tool && tool.toolSpec.name === name)
