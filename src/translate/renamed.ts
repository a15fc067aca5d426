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

/**
 * Renames to the upstream's names, and remembers the pairs for the way back. A class, like all that each request creates
 * and few use: its methods take no memory of the request, as those of an object literal do.
 */
export class Renamed {
  readonly #rename: (original: string) => string
  #originals: Map<string, string> | undefined

  constructor(rename: (original: string) => string) {
    this.#rename = rename
  }

  toUpstream(original: string): string {
    const name = this.#rename(original)
    if (name !== original) {
      this.#originals ??= new Map()
      this.#originals.set(name, original)
    }
    return name
  }

  toClient(name: string): string {
    return this.#originals?.get(name) ?? name
  }
}

const toolNames: NameRule = { valid: /^[a-zA-Z0-9_-]+$/, maximumLength: 64, invalidCharacters: /[^a-zA-Z0-9_-]/g }

/** Anthropic allows 128 characters, other upstreams 64: MCP tools (`mcp__server__tool`) are often longer. */
const toToolName = (name: string): string => toValidName(name, toolNames)

export const createToolNames = (): Renamed => new Renamed(toToolName)
