import { isBlank } from '../../messages/blank.ts'
import type { ContentBlock } from '../../wire/anthropic/content.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'

/** Turns with an image go to a model that sees (OU-R3). */

export interface ImageRouting {
  /** Without one, no turn is routed. */
  readonly visionModel: string | undefined
  /** `all` also routes turns with an image in a tool result, with the whole conversation. */
  readonly route: 'direct' | 'all'
  /** Leaves the system prompt out. */
  readonly stripsContext: boolean
}

export interface RoutedRequest {
  readonly request: MessagesRequest
  readonly modelId: string
}

/** UTF-16 code units. */
const longestText = 1500

/** What Claude Code adds to a turn by itself. */
const addedText = /^\s*(?:<system-reminder>|\[image:)/i

const isDirectImage = ({ type }: ContentBlock): boolean => type === 'image'

const isResultWithImage = (block: ContentBlock): boolean =>
  block.type === 'tool_result' && Array.isArray(block.content) && block.content.some(({ type }) => type === 'image')

const blocksOf = (content: string | ContentBlock[] | undefined): readonly ContentBlock[] =>
  Array.isArray(content) ? content : []

/** The end of a text, without half a character at its beginning. */
const endOf = (text: string): string => text.slice(-longestText).replace(/^[\uDC00-\uDFFF]/, '')

/** The images of a turn behind the last words of the user. */
const imageTurn = (blocks: readonly ContentBlock[]): ContentBlock[] => {
  const words = blocks.findLast((block) => block.type === 'text' && !isBlank(block.text) && !addedText.test(block.text))
  const text: ContentBlock[] = words?.type === 'text' ? [{ type: 'text', text: endOf(words.text) }] : []
  return [...text, ...blocks.filter(isDirectImage)]
}

const imageRequest = (
  { tools: _tools, tool_choice: _choice, system, ...request }: MessagesRequest,
  blocks: readonly ContentBlock[],
  { stripsContext }: ImageRouting,
): MessagesRequest => ({
  ...request,
  ...(!stripsContext && system != null && { system }),
  messages: [{ role: 'user', content: imageTurn(blocks) }],
})

/**
 * A turn with an image of the user's goes to the vision model alone: without history and tools, which small vision
 * models handle badly. Other turns stay: their models see no images (`dialectFor` in settings.ts).
 */
export const routeImages = (request: MessagesRequest, modelId: string, routing: ImageRouting): RoutedRequest => {
  const { visionModel, route } = routing
  if (visionModel === undefined || modelId === visionModel) return { request, modelId }
  const blocks = blocksOf(request.messages.findLast(({ role }) => role === 'user')?.content)
  if (blocks.some(isDirectImage)) return { request: imageRequest(request, blocks, routing), modelId: visionModel }
  return { request, modelId: route === 'all' && blocks.some(isResultWithImage) ? visionModel : modelId }
}
