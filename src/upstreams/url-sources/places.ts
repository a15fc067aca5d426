import type { ContentBlock, DocumentBlock, ImageBlock, ToolResultContent } from '../../wire/anthropic/content.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'

/** Where a request holds URL sources, and the request without them. */

type Block = ContentBlock | ToolResultContent
type MediaBlock = ImageBlock | DocumentBlock
type Path = readonly (string | number)[]
export type Source = MediaBlock['source']

/** A block with a URL source. */
export interface Place {
  readonly block: MediaBlock
  readonly url: string
  /** The block's own, as the client counts. */
  readonly path: Path
}

/** The blocks inside a block, and the members that lead to them. */
const innerBlocks = (block: Block): readonly [Path, readonly Block[]] | undefined => {
  if (block.type === 'tool_result' && Array.isArray(block.content)) return [['tool_result', 'content'], block.content]
  if (block.type === 'document' && block.source.type === 'content' && Array.isArray(block.source.content)) {
    return [['source', 'content'], block.source.content]
  }
  return undefined
}

const collect = (blocks: readonly Block[], path: Path, places: Place[]): void => {
  for (const [index, block] of blocks.entries()) {
    if ((block.type === 'image' || block.type === 'document') && block.source.type === 'url') {
      places.push({ block, url: block.source.url, path: [...path, index] })
      continue
    }
    const inner = innerBlocks(block)
    if (inner !== undefined) collect(inner[1], [...path, index, ...inner[0]], places)
  }
}

/** In the order of the request. */
export const findPlaces = ({ messages }: MessagesRequest): Place[] => {
  const places: Place[] = []
  for (const [index, { content }] of messages.entries()) {
    if (Array.isArray(content)) collect(content, ['messages', index, 'content'], places)
  }
  return places
}

/** A copy in which the blocks given have other sources. What holds none of them is not copied. */
export const withSources = (request: MessagesRequest, sources: ReadonlyMap<object, Source>): MessagesRequest => {
  const copyAll = <Kind extends Block>(blocks: readonly Kind[]): Kind[] => {
    const copies = blocks.map((block) => copy(block) as Kind)
    return copies.every((copied, index) => copied === blocks[index]) ? (blocks as Kind[]) : copies
  }
  const copy = (block: Block): Block => {
    const source = sources.get(block)
    if (source !== undefined) return { ...block, source } as MediaBlock
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
