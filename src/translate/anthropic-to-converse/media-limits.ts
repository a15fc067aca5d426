import { GatewayError } from '../../base/errors.ts'
import { withCapability } from '../../messages/client-wording.ts'
import type { ContentBlock } from '../../wire/converse/content.ts'
import type { TranslationPolicy } from '../policy.ts'
import type { MarkedContentBlock, TranslationContext, Turn } from './context.ts'
import { type Part, partsIn } from './parts.ts'

/** Bedrock's limits for images and documents: beyond them, a text replaces the oldest. */

type MediaKind = 'image' | 'document'

interface Limit {
  readonly kinds: readonly MediaKind[]
  readonly most: number
  /** What the limit counts, for messages. */
  readonly of: string
}

/** Images and documents in one request. */
const maximumMedia = 20

/** How many remain when the oldest are omitted, so that the next turns fit without another omission. */
const keptMedia = 10

const perRequest: Limit = {
  kinds: ['image', 'document'],
  most: maximumMedia,
  of: 'images and documents per request',
}

/** Consecutive messages of one role are one message to Bedrock. */
const documentsPerMessage: Limit = {
  kinds: ['document'],
  most: 5,
  of: 'documents per message',
}

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0)

const mediaKind = (part: object): MediaKind | undefined =>
  'image' in part ? 'image' : 'document' in part ? 'document' : undefined

const isCounted = (part: object, { kinds }: Limit): boolean => kinds.some((kind) => kind === mediaKind(part))

const omission = (kind: MediaKind, { most, of }: Limit): string =>
  `[${kind} omitted: Bedrock allows at most ${most} ${of}]`

/** Claude Code removes its media when it gets this message. */
const tooMuch = ({ most, of }: Limit, found: number): GatewayError =>
  new GatewayError('invalid_request_error', withCapability(`Too much media: ${found} > ${most} ${of}`, []), {
    isLoggable: true,
  })

/**
 * Returns how many of the oldest images and documents of a request to omit; `countByTurn` is their number in each turn.
 * If a turn exceeds the limit, more than necessary is omitted, so that several later turns fit: each change of the
 * history makes Bedrock read the whole conversation again. The newest turn loses as few as possible. The same turns
 * always give the same number, and a longer conversation does too until it exceeds the limit again.
 */
const omittedMedia = (countByTurn: readonly number[]): number => {
  let omitted = 0
  let total = 0
  for (const count of countByTurn) {
    const before = total
    total += count
    if (total - omitted <= maximumMedia) continue
    omitted = Math.max(total - maximumMedia, Math.min(total - keptMedia, before))
  }
  return omitted
}

const mebibyte = 1024 * 1024

/** Limits of a request's media, for code that fetches media before the translation. */
export const requestMediaLimit = (excessMedia: TranslationPolicy['excessMedia']) => ({
  imageBytes: 3.75 * mebibyte,
  documentBytes: 4.5 * mebibyte,
  setBy: 'Bedrock',
  omitted(countByMessage: readonly number[]): number {
    const omitted = omittedMedia(countByMessage)
    if (omitted > 0 && excessMedia === 'refuse') throw tooMuch(perRequest, sumOf(countByMessage))
    return omitted
  },
  omissionText: (kind: MediaKind): string => omission(kind, perRequest),
})

/** Replaces the first `surplus` parts that a limit counts with a text. */
const omitFirst = (turns: readonly Turn[], limit: Limit, surplus: number, translation: TranslationContext): void => {
  let left = surplus
  const omit = <Kind extends Part>(part: Kind, unit: MarkedContentBlock): Kind | { text: string } => {
    const kind = mediaKind(part)
    if (kind === undefined || left <= 0 || !isCounted(part, limit)) return part
    left -= 1
    const text = omission(kind, limit)
    translation.notes.changed(unit.path, text)
    return { text }
  }
  const omitIn = (unit: MarkedContentBlock): ContentBlock => {
    const { block } = unit
    if (!('toolResult' in block)) return omit(block, unit)
    return { toolResult: { ...block.toolResult, content: block.toolResult.content.map((part) => omit(part, unit)) } }
  }
  for (const turn of turns) {
    if (left > 0) turn.units = turn.units.map((unit) => ({ ...unit, block: omitIn(unit) }))
  }
}

const limitIn = (
  turns: readonly Turn[],
  limit: Limit,
  translation: TranslationContext,
  surplusOf: (countByTurn: readonly number[], total: number) => number,
): void => {
  const counts = turns.map(({ units }) => partsIn(units).filter((part) => isCounted(part, limit)).length)
  const total = sumOf(counts)
  if (total <= limit.most) return
  if (translation.policy.excessMedia === 'refuse') throw tooMuch(limit, total)
  omitFirst(turns, limit, surplusOf(counts, total), translation)
}

export const limitMedia = (turns: readonly Turn[], translation: TranslationContext): void => {
  const { images, documents } = translation.blockKinds
  if (!images && !documents) return
  for (const turn of turns) {
    limitIn([turn], documentsPerMessage, translation, (_counts, total) => total - documentsPerMessage.most)
  }
  limitIn(turns, perRequest, translation, omittedMedia)
}
