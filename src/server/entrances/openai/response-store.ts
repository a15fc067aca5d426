import { responseIdOf } from '../../../translate/openai-responses-entrance/item-writer.ts'
import type { OutputItem } from '../../../wire/openai-responses/output-items.ts'
import type { ResponseObject } from '../../../wire/openai-responses/response.ts'

/** A response, and everything that the model read before it. */
export interface StoredResponse {
  readonly response: ResponseObject
  /** The whole input: items of earlier responses are in it, and not references to them. */
  readonly input: readonly object[]
  /** Of the input, about. */
  readonly inputBytes: number
}

/**
 * Keeps responses for clients that send references instead of items (OE-R44). In memory only, and bounded: the response
 * that was not used for the longest time goes first. `owner` is the client: another owner cannot read it.
 */
export interface ResponseStore {
  /** Whether a response with this input can be kept. */
  canKeep(inputBytes: number): boolean
  keep(owner: string, stored: StoredResponse): void
  find(owner: string, responseId: string): StoredResponse | undefined
  /** The item of a kept response's output. */
  findItem(owner: string, itemId: string): OutputItem | undefined
  /** Returns whether there was such a response. */
  remove(owner: string, responseId: string): boolean
}

export interface ResponseStoreOptions {
  readonly maximumResponses: number
  /** Milliseconds, of any clock. */
  readonly now: () => number
  readonly maximumBytes?: number
}

const defaultMaximumBytes = 64 * 1024 * 1024
/** An hour after its last use. */
const lifetimeMs = 60 * 60 * 1000

/** UTF-16, which is the larger of the two forms that engines use. */
export const bytesPerUnit = 2

interface Entry {
  readonly stored: StoredResponse
  readonly bytes: number
  usedAt: number
}

export const createResponseStore = ({
  maximumResponses,
  now,
  maximumBytes = defaultMaximumBytes,
}: ResponseStoreOptions): ResponseStore => {
  /** The least recently used first. */
  const entries = new Map<string, Entry>()
  let bytes = 0

  const keyOf = (owner: string, responseId: string): string => `${owner}\n${responseId}`
  const remove = (key: string): Entry | undefined => {
    const entry = entries.get(key)
    if (entry === undefined) return undefined
    entries.delete(key)
    bytes -= entry.bytes
    return entry
  }
  const add = (key: string, entry: Entry): void => {
    entries.set(key, entry)
    bytes += entry.bytes
  }
  const trim = (): void => {
    for (const [key, { usedAt }] of entries) {
      const isExpired = now() - usedAt > lifetimeMs
      if (!isExpired && bytes <= maximumBytes && entries.size <= maximumResponses) return
      remove(key)
    }
  }
  const use = (owner: string, responseId: string): StoredResponse | undefined => {
    trim()
    const key = keyOf(owner, responseId)
    const entry = remove(key)
    if (entry === undefined) return undefined
    add(key, { ...entry, usedAt: now() })
    return entry.stored
  }

  return {
    canKeep: (inputBytes) => inputBytes <= maximumBytes,
    keep(owner, stored) {
      // The other members repeat the request.
      const outputBytes = JSON.stringify(stored.response.output).length * bytesPerUnit
      add(keyOf(owner, stored.response.id), { stored, bytes: stored.inputBytes + outputBytes, usedAt: now() })
      trim()
    },
    find: use,
    findItem(owner, itemId) {
      const responseId = responseIdOf(itemId)
      const stored = responseId === undefined ? undefined : use(owner, responseId)
      return stored?.response.output.find(({ id }) => id === itemId)
    },
    remove(owner, responseId) {
      trim()
      return remove(keyOf(owner, responseId)) !== undefined
    },
  }
}
