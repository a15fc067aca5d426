import { parseObject } from '../base/json.ts'
import type { Reply, ReplyBlock } from './reply.ts'
import type { RequestView } from './request-view.ts'

/** The check of auto mode's actions: a request that forces one tool, by which verdicts on calls are reported. */

const reportTool = 'report_verdicts'

/** A provider that cannot name the tool to be called is offered no other. */
export const isSafetyCheck = ({ forcedTool, tools }: RequestView): boolean =>
  forcedTool === reportTool || (tools.length === 1 && tools[0]?.name === reportTool)

interface CheckedCall {
  readonly id: string
  /** Its JSON: id, tool and input. */
  readonly text: string
}

/** A text of its own, or a paragraph of one. */
const section = /^<calls>\n(.*?)\n<\/calls>$/ms

/** The calls to judge. */
export const checkedCalls = ({ texts }: RequestView): CheckedCall[] =>
  texts
    .flatMap((text) => section.exec(text)?.[1]?.split('\n') ?? [])
    .map((text) => ({ id: String(parseObject(text)?.['id']), text }))

/** `explain` gives the reason for a call to be flagged, and undefined for any other. */
export const verdictsOn = (request: RequestView, explain: (call: CheckedCall) => string | undefined): ReplyBlock => ({
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
export const flagNothing = (request: RequestView): Reply => ({ content: [verdictsOn(request, () => undefined)] })
