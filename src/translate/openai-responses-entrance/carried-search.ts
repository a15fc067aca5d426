import { isObject, type Json } from '../../base/json.ts'
import type { ServerToolBlock } from '../../wire/anthropic/content.ts'
import { decodeCarried, encodeCarried } from './encrypted-content.ts'

/**
 * A web search and its results, as a reasoning item carries them: the items of the search itself have no place for
 * results, and clients send reasoning back unchanged. Without it, the model would lose what it found.
 */
export interface CarriedSearch {
  readonly use: ServerToolBlock
  readonly result: ServerToolBlock
}

const prefix = 'nxs1.'

export const encodeSearch = (search: object): string => encodeCarried(prefix, search)

const isUse = (block: unknown): block is ServerToolBlock & Json =>
  isObject(block) &&
  block['type'] === 'server_tool_use' &&
  block['name'] === 'web_search' &&
  typeof block['id'] === 'string' &&
  isObject(block['input'])

const isEntry = (entry: unknown): boolean => isObject(entry) && entry['type'] === 'web_search_result'

const isResult = (block: unknown): block is ServerToolBlock & Json =>
  isObject(block) &&
  block['type'] === 'web_search_tool_result' &&
  (Array.isArray(block['content']) ? block['content'].every(isEntry) : isObject(block['content']))

/** Returns undefined for content of another kind, and for content that a client has changed. */
export const decodeSearch = (text: string): CarriedSearch | undefined => {
  const { use, result }: Json = decodeCarried(prefix, text) ?? {}
  return isUse(use) && isResult(result) && result['tool_use_id'] === use['id'] ? { use, result } : undefined
}
