import { isObject } from '../base/json.ts'
import { isRawNumber } from '../base/raw-number.ts'
import type { ServerToolBlock } from '../wire/anthropic/content.ts'

/**
 * Calls and results of Anthropic's own tools in the history, as text. They are in assistant turns, where other
 * protocols accept no results. The model needs the results, so that a session that began elsewhere can continue here.
 * Only Anthropic can read the encrypted parts.
 */

/** Members without text for the model: encrypted values, ids and bytes. */
const wordless = /^(?:type|id|tool_use_id|file_id|encrypted_.*|signature|media_type|cache_control|citations|caller)$/

/** Returns all texts of a value, in order. */
const wordsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return value.trim() === '' ? [] : [value]
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)]
  if (isRawNumber(value)) return [JSON.stringify(value)]
  if (Array.isArray(value)) return value.flatMap(wordsIn)
  if (!isObject(value)) return []
  if (value['type'] === 'base64') return [`(${String(value['media_type'])}, not shown)`]
  return Object.entries(value).flatMap(([name, inner]) => (wordless.test(name) ? [] : wordsIn(inner)))
}

const inputWords = (input: unknown): string => {
  if (!isObject(input)) return wordsIn(input).join(' ')
  const [only, ...others] = Object.values(input)
  return typeof only === 'string' && others.length === 0 ? only : JSON.stringify(input)
}

/** The tool of a result: `web_search` for `web_search_tool_result`. */
const toolOf = (type: string): string => type.replace(/_tool_result$|_result$/, '')

const searchHit = (hit: unknown): string => {
  if (!isObject(hit)) return wordsIn(hit).join(' ')
  const { title, url, page_age: age } = hit
  return [wordsIn(title).join(' '), wordsIn(url).join(' '), wordsIn(age).join(' ')]
    .filter((part) => part !== '')
    .join(' – ')
}

const resultWords = (content: unknown): string =>
  Array.isArray(content) && content.some((item) => isObject(item) && item['type'] === 'web_search_result')
    ? content.map(searchHit).join('\n')
    : wordsIn(content).join('\n')

const failureOf = (content: unknown): string | undefined =>
  isObject(content) && typeof content['error_code'] === 'string' ? content['error_code'] : undefined

const result = (tool: string, content: unknown, isError: boolean): string => {
  const failure = failureOf(content)
  if (failure !== undefined) return `[${tool} failed: ${failure}]`
  const words = resultWords(content)
  return `[${tool} ${isError ? 'failed' : 'result'}]${words === '' ? '' : `\n${words}`}`
}

/** Returns one block as a text that is never blank. */
export const toTranscript = (block: ServerToolBlock): string => {
  switch (block.type) {
    case 'server_tool_use':
      return `[${block.name}: ${inputWords(block.input)}]`
    case 'mcp_tool_use':
      return `[${block.server_name} ${block.name}: ${inputWords(block.input)}]`
    case 'mcp_tool_result':
      return result('mcp', block.content, block.is_error === true)
    case 'mcp_tool_listing':
      return result('mcp tools', { ...block, cache_control: undefined }, false)
    default:
      return result(toolOf(block.type), block.content, false)
  }
}
