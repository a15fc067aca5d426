import { isBlank } from '../../messages/blank.ts'
import type { ContentBlock } from '../../wire/anthropic/content.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'

/** Routes turns with an image to a vision model (OU-R3). */

export interface ImageRouting {
  /** Without one, no turn is routed. */
  readonly visionModel: string | undefined
  /** `all`: also route turns with an image in a tool result, with the whole conversation. */
  readonly route: 'direct' | 'all'
  /** Omits the system prompt. */
  readonly stripsContext: boolean
}

export interface RoutedRequest {
  readonly request: MessagesRequest
  readonly modelId: string
}

/** UTF-16 code units. */
const longestText = 1500

/** Matches texts that Claude Code adds to a turn. */
const addedText = /^\s*(?:<system-reminder>|\[image:)/i

const isDirectImage = ({ type }: ContentBlock): boolean => type === 'image'

const isResultWithImage = (block: ContentBlock): boolean =>
  block.type === 'tool_result' && Array.isArray(block.content) && block.content.some(({ type }) => type === 'image')

const blocksOf = (content: string | ContentBlock[] | undefined): readonly ContentBlock[] =>
  Array.isArray(content) ? content : []

/** The end of a text; it never begins with half a character. */
const endOf = (text: string): string => text.slice(-longestText).replace(/^[\uDC00-\uDFFF]/, '')

/** The last words of the user, then the images of the turn. */
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
 * Sends a turn with an image of the user to the vision model, without history and tools, which small vision models
 * handle badly. Other turns keep their model, which gets no images (`dialectFor` in settings.ts).
 */
export const routeImages = (request: MessagesRequest, modelId: string, routing: ImageRouting): RoutedRequest => {
  const { visionModel, route } = routing
  if (visionModel === undefined || modelId === visionModel) return { request, modelId }
  const blocks = blocksOf(request.messages.findLast(({ role }) => role === 'user')?.content)
  if (blocks.some(isDirectImage)) return { request: imageRequest(request, blocks, routing), modelId: visionModel }
  return { request, modelId: route === 'all' && blocks.some(isResultWithImage) ? visionModel : modelId }
}
