import { sha256Hex } from '../runtime/hash.ts'

/** Renames names and ids that an upstream does not accept. */

const hashLength = 8

/** The names that an upstream accepts. */
export interface NameRule {
  readonly valid: RegExp
  readonly maximumLength: number
  /** Matches each character that the upstream does not accept. */
  readonly invalidCharacters: RegExp
}

/**
 * A valid name that depends only on the original, so that a tool has the same name in every turn and the prompt cache
 * stays valid.
 */
export const toValidName = (original: string, { valid, maximumLength, invalidCharacters }: NameRule): string => {
  if (original.length <= maximumLength && valid.test(original)) return original
  const hash = sha256Hex(original).slice(0, hashLength)
  return `${original.replace(invalidCharacters, '_').slice(0, maximumLength - hashLength - 1)}_${hash}`
}

export type Renamed = ReturnType<typeof createRenamed>

/** Renames to the upstream's names, and remembers the pairs for the way back. */
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
