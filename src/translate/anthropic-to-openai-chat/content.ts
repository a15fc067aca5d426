import { assertNever } from '../../base/assert-never.ts'
import { invalidRequest } from '../../base/errors.ts'
import type { Path } from '../../base/path.ts'
import { isBlank } from '../../messages/blank.ts'
import { cacheControlOf, longerLived } from '../../messages/cache-control.ts'
import { toTranscript } from '../../messages/server-tool-transcript.ts'
import type { CacheControl, ContentBlock } from '../../wire/anthropic/content.ts'
import type { ChatContext, ChatUnit, SentBlock } from './context.ts'
import { isReplayed } from './replay.ts'

/** Moves the marker of a block that is not sent to the block before it. */
const markLast = (
  units: readonly ChatUnit[],
  marker: CacheControl | undefined,
  path: Path,
  { notes }: ChatContext,
): void => {
  if (marker === undefined) return
  const last = units.at(-1)
  if (last === undefined) notes.dropped(path, 'cache marker with nothing before it')
  else last.marker = longerLived(last.marker, marker)
}

const addText = (units: ChatUnit[], text: string, path: Path): void => {
  units.push({ block: { type: 'text', text }, path, isTranscript: true })
}

/** Adds the kinds of blocks that Chat Completions does not have. */
const addOther = (
  units: ChatUnit[],
  block: Exclude<ContentBlock, SentBlock>,
  path: Path,
  { notes }: ChatContext,
): void => {
  switch (block.type) {
    case 'redacted_thinking':
      notes.dropped(path, 'thinking that only Claude can read')
      return
    case 'container_upload':
      notes.changed(path, 'a file for a container: the upstream has no containers, and a text tells the model')
      addText(units, '[file uploaded to a container: not available on this endpoint]', path)
      return
    case 'compaction':
    case 'fallback':
      notes.dropped(path, `${block.type} block: it holds nothing for the model`)
      return
    case 'tool_addition':
    case 'tool_removal':
      throw invalidRequest(path, `content blocks of type '${block.type}' belong in messages with role 'system'`)
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
      notes.changed(path, 'a tool of Anthropic: sent as text')
      addText(units, toTranscript(block), path)
      return
    default:
      assertNever(block)
  }
}

const addBlock = (units: ChatUnit[], block: ContentBlock, path: Path, context: ChatContext): void => {
  switch (block.type) {
    case 'text':
      if (!isBlank(block.text)) units.push({ block, path })
      return
    case 'thinking':
      if (isReplayed(block, context.dialect)) units.push({ block, path })
      else context.notes.dropped(path, 'thinking that the provider does not accept in the history')
      return
    case 'image':
    case 'document':
    case 'search_result':
    case 'tool_use':
    case 'tool_result':
      units.push({ block, path })
      return
    default:
      addOther(units, block, path, context)
  }
}

/**
 * Adds one content block to the units of its turn, or nothing if no part of it can be sent. Throws a 400 with the
 * block's path if it has no translation.
 */
export const addMarkedBlock = (units: ChatUnit[], block: ContentBlock, path: Path, context: ChatContext): void => {
  addBlock(units, block, path, context)
  if (context.dialect.cache !== 'drop') markLast(units, cacheControlOf(block), path, context)
}
