import { longerLived } from '../../messages/cache-control.ts'
import type { CacheControl } from '../../wire/anthropic/content.ts'
import type { MediaPart, TextPart } from '../../wire/openai-chat/message.ts'
import type { ChatDialect } from '../capabilities/chat-dialect.ts'
import { isTextPart, type PlacedPart } from './context.ts'

type Content = string | (TextPart | MediaPart)[]

/** Returns an empty string for a part that is not a text. */
export const textOf = (placed: PlacedPart): string => (isTextPart(placed) ? placed.part.text : '')

/** OpenAI's marker covers a whole message: the last part gets it (OU-Q112). */
const withBreakpoint = (parts: readonly PlacedPart[]): PlacedPart['part'][] => {
  const sent = parts.map(({ part }) => part)
  const last = sent.at(-1)
  if (last !== undefined && parts.some(({ marker }) => marker !== undefined)) {
    sent[sent.length - 1] = { ...last, prompt_cache_breakpoint: { mode: 'explicit' } }
  }
  return sent
}

/** Anthropic's marker stays on its part (OU-Q111). */
const withMarkers = (parts: readonly PlacedPart[], { cacheTtl }: ChatDialect): PlacedPart['part'][] =>
  parts.map(({ part, marker }) => {
    if (marker === undefined) return part
    const { ttl } = marker
    return { ...part, cache_control: ttl && cacheTtl ? { type: 'ephemeral', ttl } : { type: 'ephemeral' } }
  })

/**
 * Content of a message: a string if all parts are text, joined by `separator` (OU-Q24). A provider with cache
 * markers always gets parts, so that moving a marker changes nothing else.
 */
export const toContent = (parts: readonly PlacedPart[], separator: string, dialect: ChatDialect): Content => {
  const { cache, stringsOnly } = dialect
  const isText = stringsOnly || (cache === 'drop' && parts.every(isTextPart))
  if (isText) return parts.length === 1 ? textOf(parts[0] as PlacedPart) : parts.map(textOf).join(separator)
  return cache === 'breakpoint' ? withBreakpoint(parts) : withMarkers(parts, dialect)
}

/**
 * Marks the last part that may have a marker: gateways to Anthropic's models accept markers only on texts.
 * Returns whether there is one.
 */
export const markLast = (parts: readonly PlacedPart[], marker: CacheControl, { cache }: ChatDialect): boolean => {
  const last = cache === 'breakpoint' ? parts.at(-1) : parts.findLast(isTextPart)
  if (last !== undefined) last.marker = longerLived(last.marker, marker)
  return last !== undefined
}
