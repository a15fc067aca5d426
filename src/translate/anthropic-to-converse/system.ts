import { isBlank } from '../../messages/blank.ts'
import type { PlacedText } from '../../messages/conversation.ts'
import { systemTexts } from '../../messages/system-texts.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import { markLast, toCachePoint } from './cache-markers.ts'
import type { MarkedBlock, TranslationContext } from './context.ts'

export type MarkedSystemBlock = MarkedBlock<{ text: string }>

/** The system prompt: the request's own, then the system messages before the conversation. */
export const toSystem = (
  system: MessagesRequest['system'],
  leading: readonly PlacedText[],
  translation: TranslationContext,
): MarkedSystemBlock[] => {
  const units: MarkedSystemBlock[] = []
  const { policy, notes } = translation
  for (const { block, path } of systemTexts(system, leading, policy.billingHeader, notes)) {
    if (!isBlank(block.text)) units.push({ block: { text: block.text }, path })
    markLast(units, toCachePoint(block.cache_control, translation), path, translation)
  }
  return units
}
