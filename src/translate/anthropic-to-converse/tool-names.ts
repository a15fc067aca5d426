import { sha256Hex } from '../../runtime/hash.ts'
import {
  maximumToolNameLength,
  maximumToolUseIdLength,
  toolNamePattern,
  toolUseIdPattern,
} from '../../wire/converse/content.ts'

const validName = new RegExp(toolNamePattern)
const validId = new RegExp(toolUseIdPattern)
const hashLength = 8

/**
 * A lawful name of at most `limit` characters that depends on nothing but the original, so that the
 * same tool has the same name in every turn and the prompt cache holds.
 */
const shortened = (original: string, limit: number, invalidCharacters: RegExp): string => {
  const hash = sha256Hex(original).slice(0, hashLength)
  return `${original.replace(invalidCharacters, '_').slice(0, limit - hashLength - 1)}_${hash}`
}

/** Anthropic allows 128 characters, Converse 64: MCP tools (`mcp__server__tool`) are often longer. */
const converseToolName = (name: string): string =>
  name.length <= maximumToolNameLength && validName.test(name)
    ? name
    : shortened(name, maximumToolNameLength, /[^a-zA-Z0-9_-]/g)

/** The same function serves `tool_use` and `tool_result`, so the pairs stay pairs. */
const converseToolUseId = (id: string): string =>
  id.length <= maximumToolUseIdLength && validId.test(id)
    ? id
    : shortened(id, maximumToolUseIdLength, /[^a-zA-Z0-9_.:-]/g)

export type ToolNames = ReturnType<typeof createToolNames>
export type ToolUseIds = ReturnType<typeof createToolUseIds>

const createRenamed = (rename: (original: string) => string) => {
  let originals: Map<string, string> | undefined
  return {
    /** The client's to Converse's; remembers the pair. */
    toConverse(original: string): string {
      const converseName = rename(original)
      if (converseName !== original) {
        originals ??= new Map()
        originals.set(converseName, original)
      }
      return converseName
    },
    /** Converse's to the client's. */
    toClient: (converseName: string): string => originals?.get(converseName) ?? converseName,
  }
}

export const createToolNames = () => createRenamed(converseToolName)
export const createToolUseIds = () => createRenamed(converseToolUseId)
