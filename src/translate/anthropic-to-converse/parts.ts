import type { ContentBlock, Document, ToolResultContent } from '../../wire/converse/content.ts'
import type { MarkedBlock } from './context.ts'

/** A part that may be an image or a document: a block of a message, or a part of a tool result. */
export type Part = ContentBlock | ToolResultContent

/** The parts of a tool result, or the block itself. */
const partsOf = (block: ContentBlock): readonly Part[] => ('toolResult' in block ? block.toolResult.content : [block])

/** In the order in which they are sent. */
export const partsIn = (units: readonly MarkedBlock<ContentBlock>[]): Part[] =>
  units.flatMap(({ block }) => partsOf(block))

export const documentsIn = (units: readonly MarkedBlock<ContentBlock>[]): Document[] =>
  partsIn(units).flatMap((part) => ('document' in part ? [part.document] : []))

export const isPdf = ({ format }: Document): boolean => format === 'pdf'

export const isCited = ({ citations }: Pick<Document, 'citations'>): boolean => citations?.enabled === true

/** The text of a text document. */
export const wordsOf = ({ source }: Document): string => {
  if ('text' in source) return source.text
  return 'content' in source ? source.content.map(({ text }) => text).join('\n') : ''
}
