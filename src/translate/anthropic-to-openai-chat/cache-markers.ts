import type { Path } from '../../base/path.ts'
import { longerLived } from '../../messages/cache-control.ts'
import type { CacheControl } from '../../wire/anthropic/content.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import { type CachedBlock, type HourShare, toHourShare, toSentMarker } from '../cache-lifetime.ts'
import type { ChatContext, ChatTurn, PlacedPart } from './context.ts'
import type { OfferedTool } from './tools.ts'

/** The limit of Anthropic, which gateways to its models apply, and of OpenAI. */
const maximumMarkers = 4

/** What may have a cache marker: a tool, a part of the system message, a block. */
interface Marked {
  readonly path: Path
  marker?: CacheControl | undefined
}

/** Automatic caching: a marker at the top of the request means one at the end of the conversation. */
export const markEnd = (
  request: MessagesRequest,
  turns: readonly ChatTurn[],
  { dialect, notes }: ChatContext,
): void => {
  const control = dialect.cache === 'drop' ? undefined : request.cache_control
  if (!control) return
  const last = turns.at(-1)?.units.at(-1)
  if (last === undefined) notes.dropped(['cache_control'], 'cache marker with nothing before it')
  else last.marker = longerLived(last.marker, control)
}

/** What a request caches. */
interface MarkedPrompt {
  readonly tools: readonly OfferedTool[]
  readonly system: readonly PlacedPart[]
  readonly turns: readonly ChatTurn[]
}

type Section = 'prefix' | 'messages'

const blocksOf = ({ tools, system, turns }: MarkedPrompt): CachedBlock[] => [
  ...tools.map(({ tool, marker }) => ({ block: tool, marker })),
  ...system.map(({ part, marker }) => ({ block: part, marker })),
  ...turns.flatMap(({ units }) => units.map(({ block, marker }) => ({ block, marker }))),
]

/** Only providers that take a lifetime need one (CA-T4). */
const setLifetime = (
  marked: Marked,
  section: Section,
  { dialect, policy: { cacheTtl: ttl }, notes }: ChatContext,
): void => {
  if (!dialect.cacheTtl || marked.marker === undefined) return
  marked.marker = toSentMarker(marked.marker, { ttl, section, path: marked.path }, notes)
}

/**
 * Removes unsupported markers: those of assistant turns; with OpenAI's breakpoints, those of tools; and the first ones
 * over the limit (OU-Q111, Q112). Sets the lifetimes of the others. Returns which part of the prompt is cached for an
 * hour.
 */
export const limitMarkers = (prompt: MarkedPrompt, context: ChatContext): HourShare => {
  const { dialect, notes } = context
  const placed: { readonly marked: Marked; readonly section: Section }[] = []
  const remove = (marked: Marked, why: string): void => {
    delete marked.marker
    notes.dropped(marked.path, why)
  }
  const collect = (list: readonly Marked[], section: Section, isPossible: boolean): void => {
    for (const marked of list) {
      if (marked.marker === undefined) continue
      if (isPossible) placed.push({ marked, section })
      else remove(marked, 'cache marker in a position that the provider does not support')
    }
  }
  if (dialect.cache !== 'drop') {
    collect(prompt.tools, 'prefix', dialect.cache === 'anthropic')
    collect(prompt.system, 'prefix', true)
    for (const { role, units } of prompt.turns) collect(units, 'messages', role === 'user')
  }
  for (const { marked } of placed.slice(0, -maximumMarkers))
    remove(marked, `cache marker over the limit of ${maximumMarkers}`)
  const sent = placed.slice(-maximumMarkers)
  for (const { marked, section } of sent) setLifetime(marked, section, context)
  const markers = dialect.cacheTtl ? sent.flatMap(({ marked: { marker } }) => marker ?? []) : []
  return toHourShare(markers, () => blocksOf(prompt))
}
