import { createHash } from 'node:crypto'
import {
  maximumToolNameLength,
  maximumToolUseIdLength,
  toolNamePattern,
  toolUseIdPattern,
} from '../../wire/converse/content.ts'

const lawfulName = new RegExp(toolNamePattern)
const lawfulId = new RegExp(toolUseIdPattern)
const hashLength = 8

/**
 * A lawful name of at most `limit` characters that depends on nothing but the original, so that the
 * same tool has the same name in every turn and the prompt cache holds.
 */
const shortened = (original: string, limit: number, unlawful: RegExp): string => {
  const hash = createHash('sha256').update(original).digest('hex').slice(0, hashLength)
  return `${original.replace(unlawful, '_').slice(0, limit - hashLength - 1)}_${hash}`
}

/** Anthropic allows 128 characters, Converse 64: MCP tools (`mcp__server__tool`) are often longer. */
const converseToolName = (name: string): string =>
  name.length <= maximumToolNameLength && lawfulName.test(name)
    ? name
    : shortened(name, maximumToolNameLength, /[^a-zA-Z0-9_-]/g)

/** The same function serves `tool_use` and `tool_result`, so the pairs stay pairs. */
export const converseToolUseId = (id: string): string =>
  id.length <= maximumToolUseIdLength && lawfulId.test(id)
    ? id
    : shortened(id, maximumToolUseIdLength, /[^a-zA-Z0-9_.:-]/g)

export interface ToolNames {
  /** Client's name to Converse's; remembers the pair. */
  toConverse(name: string): string
  /** Converse's name to the client's. */
  toClient(name: string): string
}

export const createToolNames = (): ToolNames => {
  const originals = new Map<string, string>()
  return {
    toConverse(name) {
      const lawful = converseToolName(name)
      if (lawful !== name) originals.set(lawful, name)
      return lawful
    },
    toClient: (name) => originals.get(name) ?? name,
  }
}
