import { isObject, type Json } from '../../base/json.ts'
import type { Path } from '../../base/path.ts'
import { isBlank } from '../../messages/blank.ts'
import type { ContentBlock } from '../../wire/anthropic/content.ts'
import type { ContentPart } from '../../wire/openai-chat/content-part.ts'
import { toToolInput } from './arguments.ts'
import { toCacheControl } from './cache-control.ts'
import type { OpenAiContext } from './context.ts'
import { toFileBlock } from './file-parts.ts'
import { toImageBlock } from './image-parts.ts'
import { refusal } from './refusal.ts'
import { isThinkingBlock } from './thinking-content.ts'

/** The block with the cache marker of a part, a call or a message (OE-C70). */
export const withMarker = <Block extends ContentBlock>(block: Block, holder: Json, path: Path): Block => {
  const control = toCacheControl(holder, path)
  return control === undefined ? block : { ...block, cache_control: control }
}

/** Puts a message's cache marker on its last block. Anthropic accepts none on thinking. */
export const markLast = (blocks: ContentBlock[], message: Json, path: Path): ContentBlock[] => {
  const index = blocks.findLastIndex((block) => !isThinkingBlock(block))
  const last = blocks[index]
  if (last !== undefined) blocks[index] = withMarker(last, message, path)
  return blocks
}

const toTextBlock = (text: string, part: Json, path: Path): ContentBlock | undefined =>
  isBlank(text) ? undefined : withMarker({ type: 'text', text }, part, path)

type ImagePart = Extract<ContentPart, { readonly type: 'input_image' }>

const toInputImage = (part: ImagePart, path: Path): ContentBlock => {
  const { image_url: image, file_id: id } = part
  if (image !== undefined && image !== null) return withMarker(toImageBlock(image, path), part, path)
  if (typeof id === 'string') {
    throw refusal(
      'unsupported_value',
      [...path, 'file_id'],
      'this server stores no files: send a data: URL in image_url',
    )
  }
  throw refusal('invalid_value', [...path, 'image_url'], 'expected a URL')
}

/**
 * Translates a part of a message's content (OE-C45 to OE-C49). Returns undefined for a part without content. Throws a
 * 400 that names the path.
 */
export const toContentBlock = (
  part: ContentPart,
  path: Path,
  { notes }: Pick<OpenAiContext, 'notes'>,
): ContentBlock | undefined => {
  switch (part.type) {
    case 'text':
    case 'input_text':
    case 'output_text':
      return toTextBlock(part.text, part, path)
    case 'refusal':
      return toTextBlock(part.refusal, part, path)
    case 'image_url':
      return withMarker(toImageBlock(part.image_url, path), part, path)
    case 'input_image':
      return toInputImage(part, path)
    case 'file':
      return withMarker(toFileBlock(part.file, [...path, 'file']), part, path)
    case 'input_file':
      return withMarker(toFileBlock(part, path), part, path)
    case 'input_audio':
      throw refusal('unsupported_value', path, 'the models take no audio')
    case 'video_url':
      throw refusal('unsupported_value', path, 'the models take no video')
    case 'thinking':
      // Without its signature, the model's API refuses it.
      if (typeof part.signature === 'string' && part.signature !== '') return part
      notes.dropped(path, 'thinking without a signature')
      return undefined
    case 'tool_use':
      return isObject(part.input) ? part : { ...part, input: toToolInput(part.input, [...path, 'input'], notes) }
    default:
      return part
  }
}

/** Translates a message's content; `path` is the content's own. */
export const toContentBlocks = (
  content: string | readonly ContentPart[] | null | undefined,
  path: Path,
  context: Pick<OpenAiContext, 'notes'>,
): ContentBlock[] => {
  if (content === undefined || content === null) return []
  if (typeof content === 'string') return isBlank(content) ? [] : [{ type: 'text', text: content }]
  const blocks: ContentBlock[] = []
  for (const [index, part] of content.entries()) {
    const block = toContentBlock(part, [...path, index], context)
    if (block !== undefined) blocks.push(block)
  }
  return blocks
}
