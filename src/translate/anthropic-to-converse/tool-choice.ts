import { invalidRequest } from '../../base/errors.ts'
import type { MessagesRequest, ToolChoice } from '../../wire/anthropic/request.ts'
import type { ToolConfig } from '../../wire/converse/request.ts'
import type { Translation } from './context.ts'
import type { OfferedTools } from './tools.ts'

/**
 * Converse merges `additionalModelRequestFields` into the body that it builds, and refuses a key that
 * it has written itself: each word of the choice goes through exactly one of the two channels.
 */
export interface TranslatedChoice {
  readonly toolChoice?: ToolConfig['toolChoice']
  /** For `additionalModelRequestFields.tool_choice`. */
  readonly additional?: Readonly<Record<string, unknown>>
}

type Forced = Extract<ToolChoice, { type: 'any' | 'tool' }>

const mayForce = (isThinking: boolean, translation: Translation): boolean => {
  const { forcedTool } = translation.model
  return forcedTool === 'always' || (forcedTool === 'without thinking' && !isThinking)
}

const toForced = (choice: Forced, tools: OfferedTools, translation: Translation): ToolConfig['toolChoice'] => {
  if (choice.type === 'any') return { any: {} }
  const name = translation.toolNames.toConverse(choice.name)
  if (!tools.units.some((unit) => unit.block.toolSpec.name === name)) {
    throw invalidRequest(['tool_choice'], `Tool '${choice.name}' not found in provided tools`)
  }
  return { tool: { name } }
}

/** `isThinking`: whether the translated request asks the model to think. */
export const toToolChoice = (
  request: MessagesRequest,
  tools: OfferedTools,
  isThinking: boolean,
  translation: Translation,
): TranslatedChoice => {
  const choice = request.tool_choice
  if (tools.areStandIns) return { additional: { type: 'none' } }
  if (tools.units.length === 0 || choice === undefined || choice === null) return {}
  if (choice.type === 'none') return { additional: { type: 'none' } }

  const alone = choice.disable_parallel_tool_use === true ? { disable_parallel_tool_use: true } : undefined
  if (choice.type !== 'auto') {
    const toolChoice = toForced(choice, tools, translation)
    if (mayForce(isThinking, translation)) return { toolChoice, ...(alone && { additional: alone }) }
    translation.notes.changed(['tool_choice'], 'the model may not be forced to use a tool here: left to choose')
  }
  // Auto is what Converse does unasked; leaving it out keeps one key for the prompt cache.
  return alone ? { additional: { type: 'auto', ...alone } } : {}
}
