import assert from 'node:assert/strict'
import { SimulatedConverseRequest } from '../../src/simulator/converse-request.ts'
import type { Reply, ReplyBlock, Scenario, SimulatedRequest } from '../../src/simulator/reply.ts'
import type { RequestView } from '../../src/simulator/request-view.ts'
import { isSafetyCheck } from '../../src/simulator/safety-check.ts'
import type { ContentBlock, Document, Image } from '../../src/wire/converse/content.ts'

/** Scripts for the simulated model. */

type Body = SimulatedRequest['body']

/** Other requests are titles and the like, without tools, and safety checks of auto mode. */
const hasConversation = (request: RequestView): boolean => request.tools.length > 0 && !isSafetyCheck(request)

export const isConversation = (body: Body): boolean => hasConversation(new SimulatedConverseRequest(body))

/** A call of the Bash tool. */
export const bash = (command: string): ReplyBlock => ({ tool: 'Bash', input: { command, description: 'Runs it' } })

type Turn<Body> = readonly ReplyBlock[] | ((request: SimulatedRequest<Body>) => readonly ReplyBlock[])

/** The model's turns, one after another, for any upstream. Other requests of the client get an echo. */
export const turns =
  <AnyBody = Body>(...script: readonly Turn<AnyBody>[]): Scenario<AnyBody> =>
  (request): Reply | undefined => {
    if (!hasConversation(request)) return undefined
    const turn = script[Math.min(request.assistantTurns, script.length - 1)]
    const content = typeof turn === 'function' ? turn(request) : turn
    return content && { content, pace: { deltaCharacters: 9, frameMs: 1 } }
  }

type ToolResult = Extract<ContentBlock, { toolResult: unknown }>['toolResult']

/** Every tool result in the messages. */
export const resultsIn = ({ messages }: Body): ToolResult[] =>
  messages.flatMap(({ content }) => content.flatMap((block) => ('toolResult' in block ? [block.toolResult] : [])))

/** Every block of the messages; of a tool result, its parts. */
const partsIn = ({ messages }: Body): object[] =>
  messages
    .flatMap(({ content }) => content)
    .flatMap((block): object[] => ('toolResult' in block ? block.toolResult.content : [block]))

/** Every document in the messages, also in tool results. */
export const documentsIn = (body: Body): Document[] =>
  partsIn(body).flatMap((block) => ('document' in block ? [block.document as Document] : []))

/** Every image in the messages, also in tool results. */
export const imagesIn = (body: Body): Image[] =>
  partsIn(body).flatMap((block) => ('image' in block ? [block.image as Image] : []))

/** The text and the signature of all thinking in the messages, in order. */
export const thoughtsIn = ({ messages }: Body): { readonly text: string; readonly signature: string | undefined }[] =>
  messages.flatMap(({ content }) =>
    content.flatMap((block) =>
      'reasoningContent' in block && 'reasoningText' in block.reasoningContent
        ? [
            {
              text: block.reasoningContent.reasoningText.text,
              signature: block.reasoningContent.reasoningText.signature,
            },
          ]
        : [],
    ),
  )

/** The kinds of the assistant's blocks, turn by turn, without cache points. */
export const assistantKindsIn = ({ messages }: Body): string[][] =>
  messages
    .filter(({ role }) => role === 'assistant')
    .map(({ content }) => content.map((block) => Object.keys(block)[0] ?? '').filter((kind) => kind !== 'cachePoint'))

/** The tools that the model can use. */
export const toolNamesIn = ({ toolConfig }: Body): string[] =>
  (toolConfig?.tools ?? []).flatMap((tool) => ('toolSpec' in tool ? [tool.toolSpec.name] : []))

/** The name of each tool use of the model. */
export const toolUsesIn = ({ messages }: Body): string[] =>
  messages.flatMap(({ content }) => content.flatMap((block) => ('toolUse' in block ? [block.toolUse.name] : [])))

export const cachePointsIn = ({ toolConfig, system = [], messages }: Body): number =>
  [...(toolConfig?.tools ?? []), ...system, ...messages.flatMap(({ content }) => content)].filter(
    (block) => 'cachePoint' in block,
  ).length

const unmarked = (blocks: readonly object[]): object[] => blocks.filter((block) => !('cachePoint' in block))

/** The content that the prompt cache compares, without cache points: tools, system prompt, a line for each message. */
const linesOf = ({ toolConfig, system = [], messages }: Body): string[] => [
  JSON.stringify(unmarked(toolConfig?.tools ?? [])),
  JSON.stringify(unmarked(system)),
  ...messages.map(({ role, content }) => JSON.stringify({ role, content: unmarked(content) })),
]

/** Throws unless each request is the beginning of the next, byte by byte. */
export const assertGrowing = (requests: readonly Body[]): void => {
  for (const [index, next] of requests.entries()) {
    const earlier = linesOf(requests[index - 1] ?? next)
    assert.deepEqual(
      linesOf(next).slice(0, earlier.length),
      earlier,
      `request ${index + 1} changes the earlier conversation`,
    )
  }
}
