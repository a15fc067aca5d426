import { toolNotFound } from '../../messages/tool-loading.ts'
import type { MessagesRequest, ToolChoice } from '../../wire/anthropic/request.ts'
import type { ToolConfig } from '../../wire/converse/request.ts'
import type { TranslationContext } from './context.ts'
import type { OfferedTools } from './tools.ts'

/**
 * Converse merges `additionalModelRequestFields` into the body that it builds, and refuses a key that it writes itself:
 * each part of the choice goes into exactly one of the two.
 */
export interface TranslatedChoice {
  readonly toolChoice?: ToolConfig['toolChoice'] | undefined
  /** For `additionalModelRequestFields.tool_choice`. */
  readonly additional?: Readonly<Record<string, unknown>> | undefined
}

type Forced = Extract<ToolChoice, { type: 'any' | 'tool' }>

const mayForce = (isThinking: boolean, translation: TranslationContext): boolean => {
  const { forcedTool } = translation.model
  return forcedTool === 'always' || (forcedTool === 'without thinking' && !isThinking)
}

/** The limit to one tool at a time, if the client requests it and the model supports it. */
const limitOf = (
  choice: Exclude<ToolChoice, { type: 'none' }>,
  { model, notes }: TranslationContext,
): { disable_parallel_tool_use: true } | undefined => {
  if (choice.disable_parallel_tool_use !== true) return undefined
  if (model.toolLimit) return { disable_parallel_tool_use: true }
  notes.changed(['tool_choice', 'disable_parallel_tool_use'], 'the model supports no limit to one tool at a time')
  return undefined
}

/** `alone`: the limit to one tool at a time, if any. */
const toForced = (
  choice: Forced,
  alone: ReturnType<typeof limitOf>,
  tools: OfferedTools,
  translation: TranslationContext,
): TranslatedChoice => {
  const isNative = choice.type === 'tool' && tools.native.some(({ tool }) => tool.name === choice.name)
  // Converse can force only tools of its own list.
  if (isNative || (choice.type === 'any' && tools.native.length > 0)) {
    const { disable_parallel_tool_use: _limit, ...forced } = choice
    return { additional: { ...forced, ...alone } }
  }
  if (choice.type === 'any') return { toolChoice: { any: {} }, ...(alone && { additional: alone }) }
  const name = translation.toolNames.toUpstream(choice.name)
  if (!tools.units.some((unit) => unit.block.toolSpec.name === name)) throw toolNotFound(choice.name)
  return { toolChoice: { tool: { name } }, ...(alone && { additional: alone }) }
}

/** Drops a choice without tools. Throws a 400 for a choice that names a tool: it is no longer available. */
const dropChoice = (choice: ToolChoice, { notes }: TranslationContext): void => {
  if (choice.type === 'tool') throw toolNotFound(choice.name)
  notes.dropped(['tool_choice'], 'there is no tool to choose')
}

const noneOf = (model: TranslationContext['model']): TranslatedChoice =>
  model.toolChoiceNone ? { additional: { type: 'none' } } : {}

const noChoice: TranslatedChoice = {}

/** `isThinking`: whether the model will think, requested or by default. */
export const toToolChoice = (
  request: MessagesRequest,
  tools: OfferedTools,
  isThinking: boolean,
  translation: TranslationContext,
): TranslatedChoice => {
  const choice = request.tool_choice
  const { model } = translation
  if (tools.areStandIns) {
    if (choice && choice.type !== 'none') dropChoice(choice, translation)
    return noneOf(model)
  }
  if (choice === undefined || choice === null) return noChoice
  if (tools.units.length + tools.native.length === 0) {
    dropChoice(choice, translation)
    return {}
  }
  if (choice.type === 'none') return noneOf(model)

  const alone = limitOf(choice, translation)
  if (choice.type !== 'auto') {
    const forced = toForced(choice, alone, tools, translation)
    if (mayForce(isThinking, translation)) return forced
    translation.notes.changed(['tool_choice'], 'the model does not support a forced tool here: it may choose')
  }
  // Auto is Converse's default. Leaving it out keeps the prompt cache's key the same.
  return alone === undefined ? {} : { additional: { type: 'auto', ...alone } }
}
