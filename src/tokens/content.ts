import type { ContentBlock, DocumentBlock, ToolResultContent } from '../wire/anthropic/content.ts'
import { imageTokens } from './media.ts'
import { pdfTokens } from './pdf.ts'
import type { Tally } from './tally.ts'

/** What stands around a block that is not text. */
const blockOverhead = 10

type Block = ContentBlock | ToolResultContent
type Json = Readonly<Record<string, unknown>>

/** Marks, and what only Anthropic can read: no words of the model's. */
const unread: ReadonlySet<string> = new Set([
  'type',
  'id',
  'tool_use_id',
  'cache_control',
  'signature',
  'data',
  'encrypted_content',
  'encrypted_index',
  'encrypted_stdout',
])

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null

/** A picture or a document inside a block that no schema of ours has checked. */
const isMedia = (value: Json): boolean =>
  (value['type'] === 'image' || value['type'] === 'document') &&
  isObject(value['source']) &&
  typeof value['source']['data'] === 'string'

const addDocument = ({ source, title, context }: DocumentBlock, tally: Tally): void => {
  tally.addWords(title)
  tally.addWords(context)
  if (source.type === 'base64') tally.addMedia(pdfTokens(source.data))
  else if (source.type === 'text') tally.addWords(source.data)
  else if (source.type === 'content') addContent(source.content, tally)
}

const addValue = (value: unknown, tally: Tally): void => {
  if (typeof value === 'string') tally.addWords(value)
  else if (Array.isArray(value)) for (const item of value) addValue(item, tally)
  else if (isObject(value)) isMedia(value) ? addBlock(value as Block, tally) : addMembers(value, tally)
  else if (value !== null && value !== undefined) tally.addWords(String(value))
}

/** Whatever the model reads of a value that we know no better: its members' words. */
export const addMembers = (value: object, tally: Tally): void => {
  for (const [name, member] of Object.entries(value)) {
    if (unread.has(name)) continue
    tally.addWords(name)
    addValue(member, tally)
  }
}

const addBlock = (block: Block, tally: Tally): void => {
  if (block.type === 'text') {
    tally.addWords(block.text)
    return
  }
  tally.addText(blockOverhead)
  switch (block.type) {
    case 'image':
      tally.addMedia(imageTokens(block.source.type === 'base64' ? block.source.data : '', tally.tokenizer))
      return
    case 'document':
      addDocument(block, tally)
      return
    // From Opus 4.5 and Sonnet 4.6 on, models keep the thinking of earlier turns; the ones before do
    // not. It counts wherever it stands: a part's price must not hang on its place, and too high is
    // the better side. What it costs where it is dropped, the calibration learns.
    case 'thinking':
      tally.addWords(block.thinking)
      return
    case 'tool_use':
      tally.addWords(block.name)
      tally.addJson(block.input)
      return
    case 'tool_result':
      addContent(block.content, tally)
      return
    default:
      addMembers(block, tally)
  }
}

export const addContent = (content: string | readonly Block[] | null | undefined, tally: Tally): void => {
  if (typeof content === 'string') tally.addWords(content)
  else for (const block of content ?? []) addBlock(block, tally)
}
