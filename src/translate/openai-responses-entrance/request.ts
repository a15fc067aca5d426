import type { Json } from '../../base/json.ts'
import { isBlank } from '../../messages/blank.ts'
import type { TextBlock } from '../../wire/anthropic/content.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { InputItem } from '../../wire/openai-responses/input-item.ts'
import type { ResponsesRequest } from '../../wire/openai-responses/request.ts'
import type { ResponseEcho } from '../../wire/openai-responses/response.ts'
import type { AnswerPlan } from '../openai-entrance/answer-plan.ts'
import { assembleRequest } from '../openai-entrance/assemble.ts'
import type { OpenAiContext } from '../openai-entrance/context.ts'
import { arrange } from '../openai-entrance/conversation.ts'
import { booleanAt, objectAt } from '../openai-entrance/members.ts'
import { toOutputFormat } from '../openai-entrance/output-format.ts'
import { toParameters } from '../openai-entrance/parameters.ts'
import { toResponsesReasoning } from '../openai-entrance/reasoning-request.ts'
import { refusal } from '../openai-entrance/refusal.ts'
import { toToolChoice } from '../openai-entrance/tool-choice.ts'
import { toEcho } from './echo.ts'
import { readItems } from './items.ts'
import { checkMembers, withUpdates } from './members.ts'
import { ToolNames } from './tool-names.ts'
import { type CollectedTools, collectTools } from './tools.ts'

/** How a Responses client wants its answer. */
export interface ResponsesAnswerPlan extends AnswerPlan {
  /** The upstream's id of the model, which `encrypted_content` is bound to (OE-R43). */
  readonly modelId: string
  /** `reasoning.summary`: thinking is shown, and not only carried (OE-R5). */
  readonly showsSummary: boolean
  /** The answer is one `compaction` item, which carries the model's text by `encodeSummary` (OE-R45). */
  readonly isCompaction: boolean
  /** `include: ["web_search_call.action.sources"]`. */
  readonly showsSources: boolean
  readonly echo: ResponseEcho
}

export interface TranslatedResponses {
  readonly request: MessagesRequest
  readonly plan: ResponsesAnswerPlan
}

const itemsOf = ({ input }: ResponsesRequest): readonly InputItem[] => {
  const items = typeof input === 'string' ? [{ role: 'user' as const, content: input }] : (input ?? [])
  if (items.length > 0) return items
  throw refusal('invalid_value', ['input'], 'expected a text or at least one item')
}

/** A summary is text. The tools stay, so that the prompt's prefix does. */
const summaryChoice = ({ tools }: CollectedTools): 'none' | undefined => (tools.length > 0 ? 'none' : undefined)

const text = (words: string | null | undefined): TextBlock[] =>
  isBlank(words ?? '') ? [] : [{ type: 'text', text: words ?? '' }]

const includes = ({ include }: Json, wanted: string): boolean => Array.isArray(include) && include.includes(wanted)

/** Translates a Responses request. Throws a 400 that names the member's path. */
export const responsesToMessages = (body: ResponsesRequest & Json, context: OpenAiContext): TranslatedResponses => {
  checkMembers(body, context)
  const items = itemsOf(body)
  const names = new ToolNames()
  const collected = collectTools(body, items, names, context)
  const { messages: placed, isCompaction } = readItems(items, names, collected.found, context)
  const { system, messages } = arrange(placed, context)
  const choice = {
    choice: isCompaction ? summaryChoice(collected) : body['tool_choice'],
    path: ['tool_choice'],
    isOneAtATime: booleanAt(body, 'parallel_tool_calls') === false,
  }
  const { tools, toolChoice } = toToolChoice(choice, { ...collected, identities: names.identities }, context)
  const settings = withUpdates(body, items)
  const reasoning = toResponsesReasoning(settings, context)
  const output = isCompaction ? {} : (objectAt(settings, 'text') ?? {})
  const { format, instruction, isJsonObject } = toOutputFormat(output, 'format', ['text'], context)
  const prompt = [...text(body.instructions), ...system, ...(instruction ? [instruction] : [])]
  const parameters = toParameters(body, ['max_output_tokens'], context)
  const parts = { parameters, system: prompt, messages, tools, toolChoice, reasoning, format }
  return {
    request: assembleRequest(parts, body, context),
    plan: {
      model: body.model,
      tools: names.identities,
      isJsonObject,
      modelId: context.model.id,
      showsSummary: !reasoning.isHidden,
      isCompaction,
      showsSources: includes(body, 'web_search_call.action.sources'),
      echo: toEcho(body),
    },
  }
}
