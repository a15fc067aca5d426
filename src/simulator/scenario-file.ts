import { type Static, Type } from '@sinclair/typebox'
import { attempt } from '../base/attempt.ts'
import { dotted, GatewayError } from '../base/errors.ts'
import { ConverseStopReason } from '../wire/converse/response.ts'
import { findIssue } from '../wire/issue.ts'
import { Closed, JsonObject, OneOf } from '../wire/schema.ts'
import { HttpError, Pace, type Reply, type Scenario, StreamFault } from './reply.ts'
import { lastTextOf, type RequestView, resultTextOf } from './request-view.ts'
import { checkedCalls, isSafetyCheck, verdictsOn } from './safety-check.ts'

/** Scenarios as JSON: a list of rules. The first rule that matches a request answers it. See docs/simulator.md. */

const Optional = Type.Optional
const Count = Type.Integer({ minimum: 1 })

const ReplyBlockSchema = Type.Union([
  Closed({ text: Type.String() }),
  Closed({ thinking: Type.String(), signature: Optional(Type.String()) }),
  Closed({ redacted: Type.String() }),
  Closed({ tool: Type.String(), input: Optional(JsonObject), id: Optional(Type.String()) }),
])

const ReplySchema = Closed({
  content: Optional(Type.Array(ReplyBlockSchema)),
  stopReason: Optional(ConverseStopReason),
  finishReason: Optional(Type.String()),
  stopSequence: Optional(Type.String()),
  usage: Optional(JsonObject),
  pace: Optional(Pace),
  error: Optional(HttpError),
  fault: Optional(StreamFault),
  encoding: Optional(OneOf('gzip')),
  evictsCache: Optional(Type.Boolean()),
  /** In a safety check: flags the calls that `safetyCheck` matches, with this explanation. */
  flag: Optional(Type.String()),
})

const ConditionSchema = Closed({
  model: Optional(Type.String()),
  stream: Optional(Type.Boolean()),
  /** A regular expression for the last text of the last message. */
  text: Optional(Type.String()),
  /** A regular expression for the texts of its tool results. */
  toolResult: Optional(Type.String()),
  /** A tool that the request must have. */
  tool: Optional(Type.String()),
  /** Whether the request has a JSON schema for the response. */
  structured: Optional(Type.Boolean()),
  /** A regular expression for the calls of a safety check. Without it, a rule does not answer safety checks. */
  safetyCheck: Optional(Type.String()),
})
type Condition = Static<typeof ConditionSchema>

const RuleSchema = Closed({
  when: Optional(ConditionSchema),
  /** How often the rule answers. Default: always. */
  times: Optional(Count),
  reply: ReplySchema,
})
type Rule = Static<typeof RuleSchema>

const ScenarioFile = Closed({ rules: Type.Array(RuleSchema) })
type ScenarioFile = Static<typeof ScenarioFile>

const fitsCheck = ({ safetyCheck }: Condition, request: RequestView): boolean => {
  if (safetyCheck === undefined) return !isSafetyCheck(request)
  const pattern = new RegExp(safetyCheck)
  return isSafetyCheck(request) && checkedCalls(request).some(({ text }) => pattern.test(text))
}

const fits = (when: Condition, request: RequestView): boolean =>
  fitsCheck(when, request) &&
  (when.model === undefined || when.model === request.modelId) &&
  (when.stream === undefined || when.stream === request.isStream) &&
  (when.text === undefined || new RegExp(when.text).test(lastTextOf(request))) &&
  (when.toolResult === undefined || new RegExp(when.toolResult).test(resultTextOf(request))) &&
  (when.tool === undefined || request.tools.some(({ name }) => name === when.tool)) &&
  (when.structured === undefined || when.structured === (request.answerSchema !== undefined))

const toReply = ({ when = {}, reply }: Rule, request: RequestView): Reply => {
  const { flag, ...rest } = reply
  if (flag === undefined) return rest as Reply
  const pattern = new RegExp(when.safetyCheck ?? '')
  return { ...(rest as Reply), content: [verdictsOn(request, ({ text }) => (pattern.test(text) ? flag : undefined))] }
}

/** Makes a scenario that counts how often each rule has answered. */
const createScenario = ({ rules }: ScenarioFile): Scenario<unknown> => {
  const left = rules.map((rule) => rule.times ?? Number.POSITIVE_INFINITY)
  return (request) => {
    const index = rules.findIndex((rule, position) => (left[position] ?? 0) > 0 && fits(rule.when ?? {}, request))
    const rule = rules[index]
    if (rule === undefined) return undefined
    left[index] = (left[index] ?? 0) - 1
    return toReply(rule, request)
  }
}

const checkRules = ({ rules }: ScenarioFile): void => {
  for (const [index, { when = {}, reply }] of rules.entries()) {
    if (reply.flag !== undefined && when.safetyCheck === undefined)
      throw new GatewayError('invalid_request_error', `rules.${index}.reply.flag: needs when.safetyCheck`)
    for (const pattern of [when.text, when.toolResult, when.safetyCheck]) {
      if (attempt(() => new RegExp(pattern ?? '')) === undefined)
        throw new GatewayError('invalid_request_error', `rules.${index}.when: '${pattern}' is not a regular expression`)
    }
  }
}

/** Throws GatewayError that names the path of the first issue. */
export const parseScenario = (text: string): Scenario<unknown> => {
  const value: unknown = attempt(() => JSON.parse(text))
  // The parser's message quotes the file.
  if (value === undefined) throw new GatewayError('invalid_request_error', 'not JSON')
  const issue = findIssue(ScenarioFile, value)
  if (issue !== undefined) {
    throw new GatewayError(
      'invalid_request_error',
      `${dotted(issue.path) || 'the scenario'}: ${issue.kind === 'unknownMember' ? 'unknown member' : `does not fit (${issue.kind})`}`,
    )
  }
  const file = value as ScenarioFile
  checkRules(file)
  return createScenario(file)
}
