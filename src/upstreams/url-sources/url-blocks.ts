import { atPath, GatewayError } from '../../base/errors.ts'
import type { Path } from '../../base/path.ts'
import { findSummary, type Summary } from '../../messages/compaction.ts'
import { innerBlocks } from '../../messages/inner-blocks.ts'
import type { Refuse } from '../../messages/public-url.ts'
import type {
  ContentBlock,
  DocumentBlock,
  ImageBlock,
  TextBlock,
  ToolResultContent,
} from '../../wire/anthropic/content.ts'
import type { InputMessage, MessagesRequest } from '../../wire/anthropic/request.ts'

/** Finds URL sources in a request, and replaces them. */

type Block = ContentBlock | ToolResultContent
type MediaBlock = ImageBlock | DocumentBlock
export type MediaSource = MediaBlock['source']

/** A block with a URL source. */
export interface UrlBlock {
  readonly block: MediaBlock
  readonly url: string
  /** The block's path in the client's request. */
  readonly path: Path
}

/** The members that lead to the blocks inside a block. */
const innerPath = ({ type }: Block): Path => (type === 'document' ? ['source', 'content'] : [type, 'content'])

const urlOf = (block: Block): string | undefined =>
  (block.type === 'image' || block.type === 'document') && block.source.type === 'url' ? block.source.url : undefined

/** A 400 that names the path and no part of the URL: its query may contain a secret. */
export const refuseAt =
  ({ block, path }: UrlBlock): Refuse =>
  (sentence, rule = sentence) => {
    const urlBlock = [...path, block.type, 'source', 'url']
    return new GatewayError('invalid_request_error', atPath(urlBlock, sentence), { reason: atPath(urlBlock, rule) })
  }

/** Most requests have no URLs, so this check builds no paths. */
const holdUrl = (blocks: readonly Block[]): boolean => {
  for (const block of blocks) {
    if (urlOf(block) !== undefined) return true
    const inner = innerBlocks(block)
    if (inner !== undefined && holdUrl(inner)) return true
  }
  return false
}

const messageHoldsUrl = ({ content }: InputMessage): boolean => Array.isArray(content) && holdUrl(content)

const noUrls: readonly UrlBlock[] = []

const collect = (blocks: readonly Block[], path: Path, urlBlocks: UrlBlock[]): void => {
  for (const [index, block] of blocks.entries()) {
    const url = urlOf(block)
    if (url !== undefined) {
      urlBlocks.push({ block: block as MediaBlock, url, path: [...path, index] })
      continue
    }
    const inner = innerBlocks(block)
    if (inner !== undefined) collect(inner, [...path, index, ...innerPath(block)], urlBlocks)
  }
}

/** Whether a path is before the summary within the summary's message. */
const isSummedUp = ([, index, , position]: Path, summary: Summary | undefined): boolean =>
  summary !== undefined && index === summary.index && Number(position) < summary.position

/** In the order of the request, without the part that a compaction replaces: that is not sent. */
export const findUrlBlocks = ({ messages }: MessagesRequest): readonly UrlBlock[] => {
  if (!messages.some(messageHoldsUrl)) return noUrls
  const urlBlocks: UrlBlock[] = []
  const summary = findSummary(messages)
  for (const [index, { content }] of messages.entries()) {
    if (index >= (summary?.index ?? 0) && Array.isArray(content))
      collect(content, ['messages', index, 'content'], urlBlocks)
  }
  return urlBlocks.filter(({ path }) => !isSummedUp(path, summary))
}

type Replacement = MediaBlock | TextBlock

/** Returns the block with the bytes instead of the URL. */
export const withSource = ({ block }: UrlBlock, source: MediaSource): Replacement =>
  ({ ...block, source }) as MediaBlock

/** Returns a text that replaces the block, with its cache marker. */
export const asText = ({ block: { cache_control } }: UrlBlock, text: string): Replacement => ({
  type: 'text',
  text,
  ...(cache_control && { cache_control }),
})

/** Returns a copy with some blocks replaced. Parts without replaced blocks are not copied. */
export const withReplacements = (
  request: MessagesRequest,
  replacements: ReadonlyMap<object, Replacement>,
): MessagesRequest => {
  const copyAll = <Kind extends Block>(blocks: readonly Kind[]): Kind[] => {
    const copies = blocks.map((block) => copy(block) as Kind)
    return copies.every((copied, index) => copied === blocks[index]) ? (blocks as Kind[]) : copies
  }
  const copy = (block: Block): Block => {
    const replacement = replacements.get(block)
    if (replacement !== undefined) return replacement
    if (block.type === 'tool_result' && Array.isArray(block.content)) {
      const content = copyAll(block.content)
      return content === block.content ? block : { ...block, content }
    }
    if (block.type === 'document' && block.source.type === 'content' && Array.isArray(block.source.content)) {
      const content = copyAll(block.source.content)
      return content === block.source.content ? block : { ...block, source: { ...block.source, content } }
    }
    return block
  }
  const messages = request.messages.map((message) => {
    if (!Array.isArray(message.content)) return message
    const content = copyAll(message.content)
    return content === message.content ? message : { ...message, content }
  })
  return { ...request, messages }
}
