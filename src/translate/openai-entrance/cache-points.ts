import type { Json } from '../../base/json.ts'
import { isBlank } from '../../messages/blank.ts'
import { innerBlocks } from '../../messages/inner-blocks.ts'
import type { CacheControl, ContentBlock, TextBlock, ToolResultContent } from '../../wire/anthropic/content.ts'
import type { InputMessage, MessagesRequest, Tool } from '../../wire/anthropic/request.ts'
import type { OpenAiContext } from './context.ts'
import { objectAt, textAt } from './members.ts'

/**
 * OpenAI caches prompts by itself, so its clients set no markers. We set those that are free of Anthropic's four, where
 * the next request of the conversation finds them again (OE-C71).
 */

const maximumPoints = 4
/** OpenAI's long retention; Anthropic's longest is an hour. */
const longRetention = '24h'

/** The parts of a prompt in its order. */
const section = { tools: 0, system: 1, messages: 2 } as const

type MarkableBlock = ContentBlock | ToolResultContent

/** A position in the prompt. `block` is 0 outside messages. */
interface Place {
  readonly section: 0 | 1 | 2
  readonly index: number
  readonly block: number
}

interface Point {
  readonly place: Place
  readonly marker: CacheControl
  /** `fixed`: the client's, in a place where its lifetime cannot be changed. */
  readonly origin: 'own' | 'client' | 'fixed'
}

/** A request whose contents are lists of blocks, which can have markers. */
interface Prompt {
  readonly tools: readonly Tool[]
  readonly system: readonly TextBlock[]
  readonly messages: readonly (InputMessage & { readonly content?: readonly ContentBlock[] })[]
}

/** What the client says about the cache (OE-C20). */
interface CacheWishes {
  readonly setsOwnPoints: boolean
  readonly isLong: boolean
}

const wishesOf = (body: Json): CacheWishes => ({
  setsOwnPoints: objectAt(body, 'prompt_cache_options')?.['mode'] === 'explicit',
  isLong: textAt(body, 'prompt_cache_retention') === longRetention,
})

const textBlock = (text: string): TextBlock => ({ type: 'text', text })

const promptOf = ({ tools, system, messages }: MessagesRequest): Prompt => ({
  tools: tools ?? [],
  system: typeof system === 'string' ? [textBlock(system)] : (system ?? []),
  messages: messages.map((message) =>
    typeof message.content === 'string' ? { ...message, content: [textBlock(message.content)] } : message,
  ) as Prompt['messages'],
})

const isSame = (left: Place, right: Place): boolean =>
  left.section === right.section && left.index === right.index && left.block === right.block

const compare = (left: Place, right: Place): number =>
  left.section - right.section || left.index - right.index || left.block - right.block

const lastBlockOf = ({ messages }: Prompt): Place => {
  const index = messages.length - 1
  return { section: section.messages, index, block: (messages[index]?.content?.length ?? 0) - 1 }
}

/** Nearly every block of a long conversation has no marker, and needs no place. */
const mayBeMarked = (block: MarkableBlock): boolean => 'cache_control' in block || innerBlocks(block) !== undefined

/** The client's markers in the prompt's order; one at the top marks the prompt's end. */
const clientPoints = (prompt: Prompt, top: CacheControl | null | undefined): Point[] => {
  const points: Point[] = []
  const add = (place: Place, marker: CacheControl | null | undefined, origin: Point['origin'] = 'client'): void => {
    if (marker) points.push({ place, marker, origin })
  }
  const addBlock = (place: Place, block: MarkableBlock, origin?: Point['origin']): void => {
    if ('cache_control' in block) add(place, block.cache_control, origin)
    for (const inner of innerBlocks(block) ?? []) addBlock(place, inner, 'fixed')
  }
  for (const [index, tool] of prompt.tools.entries())
    add({ section: section.tools, index, block: 0 }, tool.cache_control)
  for (const [index, block] of prompt.system.entries()) addBlock({ section: section.system, index, block: 0 }, block)
  for (const [index, { content = [] }] of prompt.messages.entries()) {
    for (const [position, block] of content.entries())
      if (mayBeMarked(block)) addBlock({ section: section.messages, index, block: position }, block)
  }
  add(lastBlockOf(prompt), top, 'fixed')
  return points
}

const mayHavePoint = (block: ContentBlock): boolean => {
  if (block.type === 'text') return !isBlank(block.text)
  return !['thinking', 'redacted_thinking', 'fallback', 'tool_addition', 'tool_removal'].includes(block.type)
}

const endOfSystem = ({ system }: Prompt): Place | undefined => {
  const index = system.findLastIndex(mayHavePoint)
  return index === -1 ? undefined : { section: section.system, index, block: 0 }
}

/** A deferred tool is not part of the prompt yet. */
const lastTool = ({ tools }: Prompt): Place | undefined => {
  const index = tools.findLastIndex(({ defer_loading: isDeferred }) => isDeferred !== true)
  return index === -1 ? undefined : { section: section.tools, index, block: 0 }
}

/** The ends of the last user turn and of the one before, where the last request ended. */
const endsOfUserTurns = ({ messages }: Prompt): Place[] => {
  const ends: Place[] = []
  for (let index = messages.length - 1; index >= 0 && ends.length < 2; index -= 1) {
    const message = messages[index]
    const block = message?.role === 'user' ? (message.content?.findLastIndex(mayHavePoint) ?? -1) : -1
    if (block !== -1) ends.push({ section: section.messages, index, block })
  }
  return ends
}

/** The places of our own points, the most useful first. */
const freePlaces = (prompt: Prompt, taken: readonly Point[]): Place[] =>
  [endOfSystem(prompt), ...endsOfUserTurns(prompt), lastTool(prompt)]
    .filter((place) => place !== undefined)
    .filter((place) => !taken.some((point) => isSame(point.place, place)))
    .slice(0, Math.max(maximumPoints - taken.length, 0))

/** Anthropic refuses an hour behind five minutes: ours take an hour before a client's, and none after five minutes. */
const withLifetimes = (points: readonly Point[], isLong: boolean): Point[] => {
  const lastLong = points.findLastIndex(({ marker, origin }) => origin !== 'own' && marker.ttl === '1h')
  let isAfterShort = false
  return points.map((point, index) => {
    const { marker, origin } = point
    const isOpen = origin !== 'fixed' && (marker.ttl === undefined || marker.ttl === null)
    const takesHour = isOpen && ((origin === 'own' && index < lastLong) || (isLong && !isAfterShort))
    if (!takesHour && marker.ttl !== '1h') isAfterShort = true
    return takesHour ? { ...point, marker: { ...marker, ttl: '1h' } } : point
  })
}

const marked = <T extends object>(list: readonly T[], index: number, cacheControl: CacheControl): T[] =>
  list.map((item, position) => (position === index ? { ...item, cache_control: cacheControl } : item))

const withPoint = (prompt: Prompt, { place, marker }: Point): Prompt => {
  const { index, block } = place
  switch (place.section) {
    case section.tools:
      return { ...prompt, tools: marked(prompt.tools, index, marker) }
    case section.system:
      return { ...prompt, system: marked(prompt.system, index, marker) }
    case section.messages: {
      const messages = [...prompt.messages]
      const message = messages[index]
      if (message?.content !== undefined)
        messages[index] = { ...message, content: marked(message.content, block, marker) }
      return { ...prompt, messages }
    }
  }
}

/**
 * Adds cache points to a complete request, as the last step of its translation (OE-C70 to OE-C72). The client's markers
 * stay; if there are more than four, the upstream drops some.
 */
export const withCachePoints = (request: MessagesRequest, body: Json, { policy }: OpenAiContext): MessagesRequest => {
  const { setsOwnPoints, isLong } = wishesOf(body)
  const prompt = promptOf(request)
  const client = clientPoints(prompt, request.cache_control)
  const places = policy.autoCache && !setsOwnPoints ? freePlaces(prompt, client) : []
  const own = places.map((place): Point => ({ place, marker: { type: 'ephemeral' }, origin: 'own' }))
  const points = [...client, ...own].sort((left, right) => compare(left.place, right.place))
  const changed = withLifetimes(points, isLong).filter(
    (point, index) => point.origin === 'own' || point !== points[index],
  )
  const { tools, system, messages } = changed.reduce(withPoint, prompt)
  return {
    ...request,
    ...(tools.length > 0 && { tools: [...tools] }),
    ...(system.length > 0 && { system: [...system] }),
    messages: [...messages] as InputMessage[],
  }
}
