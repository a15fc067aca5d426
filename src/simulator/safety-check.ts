import { parseObject } from '../base/json.ts'
import type { Reply, ReplyBlock, SimulatedRequest } from './reply.ts'

/** The check of auto mode's actions: a request that forces one tool, by which verdicts on calls are reported. */

type RequestWithBody = Pick<SimulatedRequest, 'body'>

const reportTool = 'report_verdicts'

export const isSafetyCheck = ({ body }: RequestWithBody): boolean => {
  const choice = body.toolConfig?.toolChoice
  return choice !== undefined && 'tool' in choice && choice.tool.name === reportTool
}

interface CheckedCall {
  readonly id: string
  /** Its JSON: id, tool and input. */
  readonly text: string
}

const section = /^<calls>\n(.*)\n<\/calls>$/s

/** The calls to judge. */
export const checkedCalls = ({ body }: RequestWithBody): CheckedCall[] =>
  body.messages
    .flatMap(({ content }) => content)
    .flatMap((block) => ('text' in block ? (section.exec(block.text)?.[1]?.split('\n') ?? []) : []))
    .map((text) => ({ id: String(parseObject(text)?.['id']), text }))

/** `explain` gives the reason for a call to be flagged, and undefined for any other. */
export const verdictsOn = (
  request: RequestWithBody,
  explain: (call: CheckedCall) => string | undefined,
): ReplyBlock => ({
  tool: reportTool,
  input: {
    verdicts: checkedCalls(request).map((call) => {
      const reason = explain(call)
      const explanation = reason ?? 'The simulated model flags nothing by itself.'
      return { id: call.id, explanation, outcome: reason === undefined ? 'not_flagged' : 'flagged' }
    }),
  },
})

/** What the simulated model says of a check that no scenario answers. */
export const flagNothing = (request: RequestWithBody): Reply => ({ content: [verdictsOn(request, () => undefined)] })
