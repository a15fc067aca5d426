import type { ContentBlock, ToolResultContent } from '../wire/converse/content.ts'
import type { SimulatedRequest } from './reply.ts'

/** What a scenario may want to know of a request. */

/** Of the last message. */
export const lastBlocks = ({ body }: SimulatedRequest): readonly ContentBlock[] => body.messages.at(-1)?.content ?? []

/** Of the last message. */
export const toolResults = (
  request: SimulatedRequest,
): Extract<ContentBlock, { toolResult: unknown }>['toolResult'][] =>
  lastBlocks(request).flatMap((block) => ('toolResult' in block ? [block.toolResult] : []))

export const resultParts = (request: SimulatedRequest): ToolResultContent[] =>
  toolResults(request).flatMap(({ content }) => content)

/** The texts among the parts, one below the other. */
export const textOf = (parts: readonly ToolResultContent[]): string =>
  parts.flatMap((part) => ('text' in part ? [part.text] : [])).join('\n')

export const resultText = (request: SimulatedRequest): string => textOf(resultParts(request))

export const offers = ({ body }: SimulatedRequest, name: string): boolean =>
  (body.toolConfig?.tools ?? []).some((tool) => 'toolSpec' in tool && tool.toolSpec.name === name)
