import { maximumToolUseIdLength, toolUseIdPattern } from '../../wire/converse/content.ts'
import { createRenamed, type NameRule, type Renamed, toValidName } from '../renamed.ts'

const toolUseIds: NameRule = {
  valid: new RegExp(toolUseIdPattern),
  maximumLength: maximumToolUseIdLength,
  invalidCharacters: /[^a-zA-Z0-9_.:-]/g,
}

/** The same function serves `tool_use` and `tool_result`, so the pairs stay pairs. */
export const createToolUseIds = (): Renamed => createRenamed((id) => toValidName(id, toolUseIds))
