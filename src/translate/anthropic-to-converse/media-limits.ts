import { GatewayError } from '../../base/errors.ts'
import type { ContentBlock } from '../../wire/converse/content.ts'
import type { Translation } from './context.ts'
import { partsOf } from './parts.ts'
import type { ContentUnit, Turn } from './turns.ts'

/** Bedrock's limits for images and documents: beyond them the oldest give way to a text that says so. */

type MediaKind = 'image' | 'document'

interface Limit {
  readonly kinds: readonly MediaKind[]
  readonly most: number
  /** What the limit is of. */
  readonly of: string
}

/** Of one request. */
export const maximumMedia = 20

const perRequest: Limit = {
  kinds: ['image', 'document'],
  most: maximumMedia,
  of: 'images and documents per request',
}

/** Consecutive messages of one side are one message to Bedrock. */
const documentsPerMessage: Limit = {
  kinds: ['document'],
  most: 5,
  of: 'documents per message',
}

const mediaKind = (part: object): MediaKind | undefined =>
  'image' in part ? 'image' : 'document' in part ? 'document' : undefined

const isCounted = (part: object, { kinds }: Limit): boolean => kinds.some((kind) => kind === mediaKind(part))

const count = (block: ContentBlock, limit: Limit): number =>
  partsOf(block).filter((part) => isCounted(part, limit)).length

const omission = (kind: MediaKind, { most, of }: Limit): string =>
  `[${kind} omitted: Bedrock allows at most ${most} ${of}]`

/** For more than a request may hold, where the owner does not want the oldest left out. */
export const tooMuchMedia = (found: number): GatewayError => tooMuch(perRequest, found)

/** What stands in the place of one of the oldest, beyond what a request may hold. */
export const omissionText = (kind: MediaKind): string => omission(kind, perRequest)

/** Claude Code takes its media out by these words. */
const tooMuch = ({ most, of }: Limit, found: number): GatewayError =>
  new GatewayError(
    'invalid_request_error',
    `capability_rejected: media_budget — Too much media: ${found} > ${most} ${of}`,
  )

const omitOldest = (turns: readonly Turn[], limit: Limit, translation: Translation): void => {
  let surplus = -limit.most
  for (const turn of turns) for (const { block } of turn.units) surplus += count(block, limit)
  if (surplus <= 0) return
  if (translation.policy.excessMedia === 'refuse') throw tooMuch(limit, limit.most + surplus)

  const omit = <Part extends object>(part: Part, unit: ContentUnit): Part | { text: string } => {
    const kind = mediaKind(part)
    if (kind === undefined || surplus <= 0 || !isCounted(part, limit)) return part
    surplus -= 1
    const text = omission(kind, limit)
    translation.notes.changed(unit.path, text)
    return { text }
  }
  const omitIn = (unit: ContentUnit): ContentBlock => {
    const { block } = unit
    if (!('toolResult' in block)) return omit(block, unit)
    return { toolResult: { ...block.toolResult, content: block.toolResult.content.map((part) => omit(part, unit)) } }
  }
  for (const turn of turns) turn.units = turn.units.map((unit) => ({ ...unit, block: omitIn(unit) }))
}

export const limitMedia = (turns: readonly Turn[], translation: Translation): void => {
  const { images, documents } = translation.occurrences
  if (!images && !documents) return
  for (const turn of turns) omitOldest([turn], documentsPerMessage, translation)
  omitOldest(turns, perRequest, translation)
}
