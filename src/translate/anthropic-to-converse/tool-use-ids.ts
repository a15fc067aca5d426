import { maximumToolUseIdLength, toolUseIdPattern } from '../../wire/converse/content.ts'
import { createRenamed, type NameRule, type Renamed, toValidName } from '../renamed.ts'

const toolUseIds: NameRule = {
  valid: new RegExp(toolUseIdPattern),
  maximumLength: maximumToolUseIdLength,
  invalidCharacters: /[^a-zA-Z0-9_.:-]/g,
}

/** For both `tool_use` and `tool_result`, so that pairs still match. */
export const createToolUseIds = (): Renamed => createRenamed((id) => toValidName(id, toolUseIds))
