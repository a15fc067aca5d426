import type { InputMessage, MessagesRequest } from '../../wire/anthropic/request.ts'
import type { CheckContext } from './check-context.ts'
import { policy, reportTool } from './policy.ts'
import type { ToolCall } from './tool-calls.ts'
import { toData, toTranscript } from './transcript.ts'

/** Characters of the calls to judge and the transcript together: about 6,000 tokens. */
export const longestInput = 24_000
/** Characters of the user's settings. A truncated rule would not apply, so longer settings are not judged. */
const longestSettings = 16_000

/** Tokens of the report: its frame, and each verdict with an id and a sentence. */
const reportTokens = 200
const verdictTokens = 200

export interface CheckPlan {
  /** Undefined if no call is left to judge. */
  readonly request: MessagesRequest | undefined
  readonly classified: readonly ToolCall[]
  /** Calls that do not fit: a call is judged completely or not at all. */
  readonly tooLong: readonly ToolCall[]
}

export interface CheckInput {
  readonly context: CheckContext
  readonly messages: readonly InputMessage[]
  readonly calls: readonly ToolCall[]
  /** Other calls of the same answer, for the transcript. */
  readonly otherCalls: readonly ToolCall[]
  /** The upstream's id of the model that checks. */
  readonly modelId: string
}

const toCallData = ({ id, name, input }: ToolCall): string => toData({ id, tool: name, input })

const text = (tag: string, data: string) => ({ type: 'text', text: `<${tag}>\n${data}\n</${tag}>` }) as const

/** Chooses the calls that fit completely, in their order. */
const chooseCalls = (calls: readonly ToolCall[]): { classified: ToolCall[]; tooLong: ToolCall[]; used: number } => {
  const classified: ToolCall[] = []
  const tooLong: ToolCall[] = []
  let used = 0
  for (const call of calls) {
    const { length } = toCallData(call)
    if (used + length > longestInput) tooLong.push(call)
    else {
      classified.push(call)
      used += length
    }
  }
  return { classified, tooLong, used }
}

/** Makes the request in which the small model judges calls. */
export const planCheck = ({ context, messages, calls, otherCalls, modelId }: CheckInput): CheckPlan => {
  const settings = toData(context.settings)
  if (settings.length > longestSettings) return { request: undefined, classified: [], tooLong: calls }
  const { classified, tooLong, used } = chooseCalls(calls)
  if (classified.length === 0) return { request: undefined, classified, tooLong }
  const transcript = toTranscript(messages, {
    refusedCalls: context.refusedCalls,
    alsoCalled: [...otherCalls, ...tooLong],
    maximumCharacters: longestInput - used,
  })
  const request: MessagesRequest = {
    model: modelId,
    max_tokens: reportTokens + verdictTokens * classified.length,
    temperature: 0,
    // Some models cache only longer prompts; for those the marker has no effect.
    system: [{ type: 'text', text: policy, cache_control: { type: 'ephemeral' } }],
    tools: [reportTool],
    tool_choice: { type: 'tool', name: reportTool.name, disable_parallel_tool_use: true },
    messages: [
      {
        role: 'user',
        content: [
          text('settings', settings),
          text('transcript', transcript),
          text('calls', classified.map(toCallData).join('\n')),
          { type: 'text', text: `Judge each call in <calls> by the policy, and report with ${reportTool.name}.` },
        ],
      },
    ],
  }
  return { request, classified, tooLong }
}
