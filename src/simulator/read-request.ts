import type { ContentBlock, ToolResultContent } from '../wire/converse/content.ts'
import type { SimulatedRequest } from './reply.ts'

/** Reads the parts of a request that scenarios need. */

type RequestWithBody = Pick<SimulatedRequest, 'body'>

/** Of the last message. */
export const lastBlocks = ({ body }: RequestWithBody): readonly ContentBlock[] => body.messages.at(-1)?.content ?? []

/** The last words of the last message. */
export const lastText = (request: RequestWithBody): string => {
  const last = lastBlocks(request).findLast((block) => 'text' in block)
  return last === undefined ? '' : last.text
}

/** Of the last message. */
export const toolResults = (request: RequestWithBody): Extract<ContentBlock, { toolResult: unknown }>['toolResult'][] =>
  lastBlocks(request).flatMap((block) => ('toolResult' in block ? [block.toolResult] : []))

const resultParts = (request: RequestWithBody): ToolResultContent[] =>
  toolResults(request).flatMap(({ content }) => content)

/** The texts of the parts, one per line. */
export const textOf = (parts: readonly ToolResultContent[]): string =>
  parts.flatMap((part) => ('text' in part ? [part.text] : [])).join('\n')

export const resultText = (request: RequestWithBody): string => textOf(resultParts(request))

export const offers = ({ body }: RequestWithBody, name: string): boolean =>
  (body.toolConfig?.tools ?? []).some((tool) => 'toolSpec' in tool && tool.toolSpec.name === name)
