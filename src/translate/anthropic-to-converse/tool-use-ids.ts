import { maximumToolUseIdLength, toolUseIdPattern } from '../../wire/converse/content.ts'
import { type NameRule, Renamed, toValidName } from '../renamed.ts'

const toolUseIds: NameRule = {
  valid: new RegExp(toolUseIdPattern),
  maximumLength: maximumToolUseIdLength,
  invalidCharacters: /[^a-zA-Z0-9_.:-]/g,
}

const toToolUseId = (id: string): string => toValidName(id, toolUseIds)

/** For both `tool_use` and `tool_result`, so that pairs still match. */
export const createToolUseIds = (): Renamed => new Renamed(toToolUseId)
