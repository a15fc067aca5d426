import { assertNever } from '../../base/assert-never.ts'
import { invalidRequest } from '../../base/errors.ts'
import type { Path } from '../../base/path.ts'
import type { ContentBlock as ClientBlock, ThinkingBlock, ToolUseBlock } from '../../wire/anthropic/content.ts'
import type { ContentBlock } from '../../wire/converse/content.ts'
import { toInputObject } from '../tool-input.ts'
import { isBlank } from './blank.ts'
import type { Translation, Unit } from './context.ts'
import { toDocumentParts, toSearchResultParts } from './documents.ts'
import { toImage } from './media.ts'
import { toToolResult } from './tool-result.ts'
import { toTranscript } from './transcript.ts'

/** Converse wants an object; clients also send nothing, JSON as text, or a bare value. */
const toToolInput = (input: unknown): object => toInputObject(input) ?? { input }

const toToolUse = (block: ToolUseBlock, translation: Translation): ContentBlock => ({
  toolUse: {
    toolUseId: translation.toolUseIds.toConverse(block.id),
    name: translation.toolNames.toConverse(block.name),
    input: toToolInput(block.input),
  },
})

/** Converse's block or blocks for one of the client's, each with its place in the request. */
type Translated = readonly Pick<Unit<ContentBlock>, 'block' | 'partPaths' | 'isTranscript'>[]

const one = (block: ContentBlock): Translated => [{ block }]
const all = (blocks: readonly ContentBlock[]): Translated => blocks.map((block) => ({ block }))

const toThinking = (block: ThinkingBlock, path: Path, translation: Translation): Translated => {
  // A signature without text is what `display: "omitted"` gives; a text without one is refused upstream.
  if (translation.model.isClaude && block.signature) {
    return one({ reasoningContent: { reasoningText: { text: block.thinking, signature: block.signature } } })
  }
  const why = translation.model.isClaude ? 'thinking without a signature' : 'thinking of a Claude model'
  translation.notes.changed(path, why)
  return []
}

const toBlocks = (block: ClientBlock, path: Path, translation: Translation): Translated => {
  switch (block.type) {
    case 'text':
      return isBlank(block.text) ? [] : one({ text: block.text })
    case 'image':
      return one({ image: toImage(block, path) })
    case 'document':
      return all(toDocumentParts(block, path, translation))
    case 'search_result':
      return all(toSearchResultParts(block, path, translation))
    case 'thinking':
      return toThinking(block, path, translation)
    case 'redacted_thinking':
      if (translation.model.isClaude) return one({ reasoningContent: { redactedContent: block.data } })
      translation.notes.changed(path, 'thinking of a Claude model')
      return []
    case 'tool_use':
      return one(toToolUse(block, translation))
    case 'tool_result':
      return [toToolResult(block, path, translation)]
    case 'container_upload':
      translation.notes.changed(path, 'a file for a container: Converse has none, the model is told so')
      return one({ text: '[file uploaded to a container: not available on this endpoint]' })
    case 'compaction':
    case 'fallback':
      translation.notes.dropped(path, `${block.type} block: it holds nothing for the model`)
      return []
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
      translation.notes.changed(path, "a tool of Anthropic's: told as words")
      return [{ block: { text: toTranscript(block) }, isTranscript: true }]
    default:
      return assertNever(block)
  }
}

/**
 * One content block as Converse's, without its cache point: none where nothing of it can be sent,
 * several where a document held images. Throws a 400 with the block's path for what has no translation.
 */
export const toContentUnits = (block: ClientBlock, path: Path, translation: Translation): Unit<ContentBlock>[] =>
  toBlocks(block, path, translation).map((translated) => ({ ...translated, path }))
