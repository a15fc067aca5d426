import { parseObject } from '../base/json.ts'
import type { Reply, ReplyBlock } from './reply.ts'
import type { RequestView } from './request-view.ts'

/** The check of auto mode's actions: a request that forces one tool, with which the model reports its verdicts. */

const reportTool = 'report_verdicts'

/** For a provider that cannot force a tool by name, it is the only tool. */
export const isSafetyCheck = ({ forcedTool, tools }: RequestView): boolean =>
  forcedTool === reportTool || (tools.length === 1 && tools[0]?.name === reportTool)

interface CheckedCall {
  readonly id: string
  /** Its JSON: id, tool and input. */
  readonly text: string
}

/** A separate text, or a paragraph of one. */
const section = /^<calls>\n(.*?)\n<\/calls>$/ms

/** The calls to check. */
export const checkedCalls = ({ texts }: RequestView): CheckedCall[] =>
  texts
    .flatMap((text) => section.exec(text)?.[1]?.split('\n') ?? [])
    .map((text) => ({ id: String(parseObject(text)?.['id']), text }))

/** `explain` returns the reason to flag a call, or undefined. */
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

/** The simulated model's verdicts for a check without a scenario. */
export const flagNothing = (request: RequestView): Reply => ({ content: [verdictsOn(request, () => undefined)] })
