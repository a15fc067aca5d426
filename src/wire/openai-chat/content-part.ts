import { type Static, Type } from '@sinclair/typebox'
import { ContentBlock } from '../anthropic/content.ts'
import { Maybe, OneOf, Open } from '../schema.ts'

/**
 * The parts of a message's content, in Chat Completions and in Responses. Clients also send Anthropic's own blocks in
 * their place (OE-C23).
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */

/** Cache markers, which the translation checks where it reads them. */
const markers = {
  cache_control: Type.Optional(Type.Unknown()),
  prompt_cache_breakpoint: Type.Optional(Type.Unknown()),
}

const TextPart = Open({ type: OneOf('text', 'input_text', 'output_text'), text: Type.String(), ...markers })

const RefusalPart = Open({ type: Type.Literal('refusal'), refusal: Type.String(), ...markers })

const ImageUrl = Type.Union([Type.String(), Open({ url: Type.String() })])
const ImageUrlPart = Open({ type: Type.Literal('image_url'), image_url: ImageUrl, ...markers })
const InputImagePart = Open({
  type: Type.Literal('input_image'),
  image_url: Maybe(ImageUrl),
  file_id: Maybe(Type.String()),
  ...markers,
})

const FileContent = Open({
  file_data: Maybe(Type.String()),
  file_url: Maybe(Type.String()),
  file_id: Maybe(Type.String()),
  filename: Maybe(Type.String()),
})
export type FileContent = Static<typeof FileContent>
const FilePart = Open({ type: Type.Literal('file'), file: FileContent, ...markers })
const InputFilePart = Open({ type: Type.Literal('input_file'), ...FileContent.properties, ...markers })

/** Parts that no model of ours takes. */
const UnsupportedPart = Open({ type: OneOf('input_audio', 'video_url') })

/** Anthropic's text block has the form of OpenAI's. */
const [_textBlock, ...otherBlocks] = ContentBlock.anyOf

export const ContentPart = Type.Union([
  TextPart,
  RefusalPart,
  ImageUrlPart,
  InputImagePart,
  FilePart,
  InputFilePart,
  UnsupportedPart,
  ...otherBlocks,
])
export type ContentPart = Static<typeof ContentPart>
