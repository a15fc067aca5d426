import { assertNever } from '../../base/assert-never.ts'
import { invalidRequest } from '../../base/errors.ts'
import type { Path } from '../../base/path.ts'
import { isBlank } from '../../messages/blank.ts'
import { toTranscript } from '../../messages/server-tool-transcript.ts'
import type { ContentBlock as ClientBlock, ThinkingBlock, ToolUseBlock } from '../../wire/anthropic/content.ts'
import type { ContentBlock } from '../../wire/converse/content.ts'
import { isReasoningCarrier } from '../reasoning-carrier.ts'
import { toToolInput } from '../tool-input.ts'
import { cachePointOf, markLast } from './cache-markers.ts'
import type { MarkedBlock, TranslationContext } from './context.ts'
import { toDocumentParts, toSearchResultParts } from './documents.ts'
import { toImage } from './media.ts'
import { toToolResult } from './tool-result.ts'

const toToolUse = (block: ToolUseBlock, translation: TranslationContext): ContentBlock => ({
  toolUse: {
    toolUseId: translation.toolUseIds.toUpstream(block.id),
    name: translation.toolNames.toUpstream(block.name),
    input: toToolInput(block.input),
  },
})

type Units = MarkedBlock<ContentBlock>[]

const addThinking = (units: Units, block: ThinkingBlock, path: Path, translation: TranslationContext): void => {
  // `display: "omitted"` gives a signature without text. Bedrock refuses a text without a signature.
  if (translation.model.isClaude && block.signature && !isReasoningCarrier(block.signature)) {
    const reasoningText = { text: block.thinking, signature: block.signature }
    units.push({ block: { reasoningContent: { reasoningText } }, path })
    return
  }
  const why = translation.model.isClaude ? 'thinking without a signature of Claude' : 'thinking of a Claude model'
  translation.notes.changed(path, why)
}

const addAll = (units: Units, blocks: readonly ContentBlock[], path: Path): void => {
  for (const block of blocks) units.push({ block, path })
}

/** The common kinds of blocks. */
type Sendable = Extract<
  ClientBlock,
  { type: 'text' | 'image' | 'document' | 'search_result' | 'thinking' | 'tool_use' | 'tool_result' }
>

/** The rarer kinds, most of which Converse does not have. */
const addOther = (
  units: Units,
  block: Exclude<ClientBlock, Sendable>,
  path: Path,
  { model, notes }: TranslationContext,
): void => {
  switch (block.type) {
    case 'redacted_thinking':
      if (model.isClaude) units.push({ block: { reasoningContent: { redactedContent: block.data } }, path })
      else notes.changed(path, 'thinking of a Claude model')
      return
    case 'container_upload':
      notes.changed(path, 'a file for a container: Converse has no containers, a text says so')
      units.push({ block: { text: '[file uploaded to a container: not available on this endpoint]' }, path })
      return
    case 'compaction':
    case 'fallback':
      notes.dropped(path, `${block.type} block: it has no content for the model`)
      return
    case 'tool_addition':
    case 'tool_removal':
      throw invalidRequest(path, `content blocks of type '${block.type}' can only be in messages with role 'system'`)
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
      notes.changed(path, "a tool of Anthropic's: sent as text")
      units.push({ block: { text: toTranscript(block) }, path, isTranscript: true })
      return
    default:
      assertNever(block)
  }
}

/**
 * Adds one content block as Converse's blocks, without its cache point: none if nothing of it can be sent, several for
 * a document with images. Throws a 400 with the block's path for a block without a translation.
 */
const addContentUnits = (units: Units, block: ClientBlock, path: Path, translation: TranslationContext): void => {
  switch (block.type) {
    case 'text':
      if (!isBlank(block.text)) units.push({ block: { text: block.text }, path })
      return
    case 'image':
      units.push({ block: { image: toImage(block, path) }, path })
      return
    case 'document':
      addAll(units, toDocumentParts(block, path, translation), path)
      return
    case 'search_result':
      addAll(units, toSearchResultParts(block, path, translation), path)
      return
    case 'thinking':
      addThinking(units, block, path, translation)
      return
    case 'tool_use':
      units.push({ block: toToolUse(block, translation), path })
      return
    case 'tool_result':
      units.push(toToolResult(block, path, translation))
      return
    default:
      addOther(units, block, path, translation)
  }
}

/** Adds a translated block to a turn's units, and its cache marker to the last of them. */
export const addMarkedContent = (
  units: Units,
  block: ClientBlock,
  path: Path,
  translation: TranslationContext,
): void => {
  addContentUnits(units, block, path, translation)
  markLast(units, cachePointOf(block, translation), path, translation)
}
