import { sha256Hex } from '../runtime/hash.ts'

/** Names and ids that an upstream does not take as the client spells them. */

const hashLength = 8

/** Which names an upstream takes. */
export interface NameRule {
  readonly valid: RegExp
  readonly maximumLength: number
  /** Matches each character that the upstream does not take. */
  readonly invalidCharacters: RegExp
}

/**
 * A valid name that depends on nothing but the original, so that the same tool has the same name in every turn and the
 * prompt cache holds.
 */
export const toValidName = (original: string, { valid, maximumLength, invalidCharacters }: NameRule): string => {
  if (original.length <= maximumLength && valid.test(original)) return original
  const hash = sha256Hex(original).slice(0, hashLength)
  return `${original.replace(invalidCharacters, '_').slice(0, maximumLength - hashLength - 1)}_${hash}`
}

export type Renamed = ReturnType<typeof createRenamed>

/** Renames in one direction, and remembers the pairs for the other. */
export const createRenamed = (rename: (original: string) => string) => {
  let originals: Map<string, string> | undefined
  return {
    toUpstream(original: string): string {
      const name = rename(original)
      if (name !== original) {
        originals ??= new Map()
        originals.set(name, original)
      }
      return name
    },
    toClient: (name: string): string => originals?.get(name) ?? name,
  }
}

const toolNames: NameRule = { valid: /^[a-zA-Z0-9_-]+$/, maximumLength: 64, invalidCharacters: /[^a-zA-Z0-9_-]/g }

/** Anthropic allows 128 characters, other upstreams 64: MCP tools (`mcp__server__tool`) are often longer. */
export const createToolNames = (): Renamed => createRenamed((name) => toValidName(name, toolNames))
