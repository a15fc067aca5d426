import { assertNever } from '../../base/assert-never.ts'
import { invalidRequest } from '../../base/errors.ts'
import type {
  CacheControl,
  ContentBlock as ClientBlock,
  ToolResultContent,
  ToolUseBlock,
} from '../../wire/anthropic/content.ts'
import type { CachePoint, ContentBlock } from '../../wire/converse/content.ts'
import type { Path, Translation } from './context.ts'
import { isBlank, toDocumentParts, toSearchResultParts } from './documents.ts'
import { toImage } from './media.ts'
import { converseToolUseId } from './tool-names.ts'
import { toToolResult } from './tool-result.ts'

/** The longer of two cache points: an hour is worth more than five minutes. */
export const longerCachePoint = (
  left: CachePoint | undefined,
  right: CachePoint | undefined,
): CachePoint | undefined => (left?.ttl === '1h' ? left : (right ?? left))

/** Anthropic's marker as Converse's. `ttl` goes only where the model takes one. */
export const toCachePoint = (
  control: CacheControl | null | undefined,
  translation: Translation,
): CachePoint | undefined => {
  if (control === undefined || control === null) return undefined
  const { ttl } = control
  return { type: 'default', ...(ttl && translation.model.cacheTtl ? { ttl } : {}) }
}

/** The blocks inside a block, in which Converse takes no cache point. */
const innerBlocks = (block: ClientBlock | ToolResultContent): readonly (ClientBlock | ToolResultContent)[] => {
  switch (block.type) {
    case 'tool_result':
    case 'search_result':
      return Array.isArray(block.content) ? block.content : []
    case 'document':
      return block.source.type === 'content' && Array.isArray(block.source.content) ? block.source.content : []
    default:
      return []
  }
}

/** The block's own marker, or the longest-lived of those inside it. */
export const cachePointOf = (
  block: ClientBlock | ToolResultContent,
  translation: Translation,
): CachePoint | undefined => {
  let cachePoint = toCachePoint('cache_control' in block ? block.cache_control : undefined, translation)
  for (const inner of innerBlocks(block)) cachePoint = longerCachePoint(cachePoint, cachePointOf(inner, translation))
  return cachePoint
}

/** Converse wants an object; clients also send nothing, JSON as text, or a bare value. */
const toToolInput = (input: unknown): unknown => {
  if (input === undefined || input === null || input === '') return {}
  if (typeof input === 'object' && !Array.isArray(input)) return input
  if (typeof input === 'string') {
    try {
      const parsed: unknown = JSON.parse(input)
      if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed
    } catch {
      // Not JSON: a bare value like any other.
    }
  }
  return { input }
}

const toToolUse = (block: ToolUseBlock, translation: Translation): ContentBlock => ({
  toolUse: {
    toolUseId: converseToolUseId(block.id),
    name: translation.toolNames.toConverse(block.name),
    input: toToolInput(block.input),
  },
})

/**
 * One content block as Converse's, without its cache point: none where nothing of it can be sent,
 * several where a document held images. Throws a 400 with the block's path for what has no translation.
 */
export const toContentBlocks = (block: ClientBlock, path: Path, translation: Translation): ContentBlock[] => {
  switch (block.type) {
    case 'text':
      return isBlank(block.text) ? [] : [{ text: block.text }]
    case 'image':
      return [{ image: toImage(block, path) }]
    case 'document':
      return toDocumentParts(block, path, translation)
    case 'search_result':
      return toSearchResultParts(block, path, translation)
    case 'thinking':
      // A signature without text is what `display: "omitted"` gives; a text without one is refused upstream.
      if (block.signature) {
        return [{ reasoningContent: { reasoningText: { text: block.thinking, signature: block.signature } } }]
      }
      translation.notes.dropped(path, 'thinking without a signature')
      return []
    case 'redacted_thinking':
      return [{ reasoningContent: { redactedContent: block.data } }]
    case 'tool_use':
      return [toToolUse(block, translation)]
    case 'tool_result':
      return [toToolResult(block, path, translation)]
    case 'tool_addition':
    case 'tool_removal':
      throw invalidRequest(path, `content blocks of type '${block.type}' stand in messages with role 'system'`)
    case 'server_tool_use':
    case 'web_search_tool_result':
    case 'web_fetch_tool_result':
    case 'code_execution_tool_result':
    case 'bash_code_execution_tool_result':
    case 'text_editor_code_execution_tool_result':
    case 'tool_search_tool_result':
    case 'advisor_tool_result':
    case 'mcp_tool_use':
    case 'mcp_tool_result':
    case 'mcp_tool_listing':
    case 'container_upload':
    case 'compaction':
    case 'fallback':
      throw invalidRequest(path, `content blocks of type '${block.type}' are not supported by this endpoint yet`)
    default:
      return assertNever(block)
  }
}
