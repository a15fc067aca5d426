import type { Reply, ReplyBlock, Scenario, SimulatedRequest } from '../../src/simulator/reply.ts'
import type { ContentBlock, ToolResultContent } from '../../src/wire/converse/content.ts'

/** Reading what the client sent, and scripting what the model says. */

const lastContent = ({ body }: SimulatedRequest): readonly ContentBlock[] => body.messages.at(-1)?.content ?? []

export const toolResults = (
  request: SimulatedRequest,
): Extract<ContentBlock, { toolResult: unknown }>['toolResult'][] =>
  lastContent(request).flatMap((block) => ('toolResult' in block ? [block.toolResult] : []))

export const resultParts = (request: SimulatedRequest): ToolResultContent[] =>
  toolResults(request).flatMap(({ content }) => content)

export const resultText = (request: SimulatedRequest): string =>
  resultParts(request)
    .flatMap((part) => ('text' in part ? [part.text] : []))
    .join('\n')

export const offers = ({ body }: SimulatedRequest, name: string): boolean =>
  (body.toolConfig?.tools ?? []).some((tool) => 'toolSpec' in tool && tool.toolSpec.name === name)

/** How many turns the model has had. */
const turnsOf = ({ body }: SimulatedRequest): number => body.messages.filter(({ role }) => role === 'assistant').length

type Turn = readonly ReplyBlock[] | ((request: SimulatedRequest) => readonly ReplyBlock[])

/** The model's turns, one after another, whatever else the client asks beside. */
export const turns =
  (...script: readonly Turn[]): Scenario =>
  (request): Reply | undefined => {
    const turn = script[Math.min(turnsOf(request), script.length - 1)]
    const content = typeof turn === 'function' ? turn(request) : turn
    return content && { content, pace: { deltaCharacters: 9, frameMs: 1 } }
  }
