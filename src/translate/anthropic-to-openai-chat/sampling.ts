import { invalidRequest } from '../../base/errors.ts'
import { isBlank } from '../../messages/blank.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import { type ChatRequest, maximumStops } from '../../wire/openai-chat/request.ts'
import type { ChatContext } from './context.ts'

const isSet = <T>(value: T | null | undefined): value is T => value !== undefined && value !== null

/** The default of both members: omitting it changes nothing. */
const neutral = 1

export const toSampling = (
  request: MessagesRequest,
  { dialect, notes }: ChatContext,
): Pick<ChatRequest, 'temperature' | 'top_p' | 'top_k'> => {
  const fields: Pick<ChatRequest, 'temperature' | 'top_p' | 'top_k'> = {}
  for (const member of ['temperature', 'top_p'] as const) {
    const value = request[member]
    if (!isSet(value)) continue
    if (dialect.sampling) fields[member] = value
    else if (value !== neutral) notes.changed([member], 'not sent: the model accepts only its default sampling')
  }
  const { top_k: topK } = request
  if (!isSet(topK)) return fields
  if (dialect.topK && dialect.sampling) fields.top_k = topK
  else notes.changed(['top_k'], 'not sent: the provider does not accept it')
  return fields
}

/** The output limit. Providers require at least one token: see `isPrewarm` of ChatResponseContext. */
export const toMaxTokens = ({ max_tokens: requested }: MessagesRequest, { dialect, notes }: ChatContext): number => {
  const limit = dialect.maximumOutputTokens ?? Number.POSITIVE_INFINITY
  if (requested > limit) notes.changed(['max_tokens'], 'lowered to the maximum of the provider')
  return Math.min(Math.max(requested, 1), limit)
}

export interface TranslatedStops {
  readonly stop: string[] | undefined
  /** The stop sequences that the provider does not support (OU-S12). */
  readonly watched: readonly string[]
}

/** Throws a 400 in Anthropic's words for a blank stop sequence. */
export const toStops = (request: MessagesRequest, { dialect, notes }: ChatContext): TranslatedStops => {
  const sequences = request.stop_sequences ?? []
  if (sequences.some(isBlank)) {
    throw invalidRequest(['stop_sequences'], 'each stop sequence must contain non-whitespace')
  }
  const sent = dialect.stop ? sequences.slice(0, maximumStops) : []
  const watched = sequences.slice(sent.length)
  if (watched.length > 0) notes.dropped(['stop_sequences'], 'this server stops the response at some or all of them')
  return { stop: sent.length === 0 ? undefined : sent, watched }
}
