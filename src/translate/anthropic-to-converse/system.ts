import { isBlank } from '../../messages/blank.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import { markLast, toCachePoint } from './cache-markers.ts'
import type { MarkedBlock, TranslationContext } from './context.ts'
import type { PlacedText } from './turns.ts'

export type MarkedSystemBlock = MarkedBlock<{ text: string }>

/**
 * Claude Code's first system line, a fingerprint that differs between versions, sessions and
 * sub-agents: in front of everything it would keep the prompt cache from ever being shared.
 */
const billingHeaderStart = 'x-anthropic-billing-header:'
const billingHeader = /^x-anthropic-billing-header:[^\n]*\n?/

const placed = (system: MessagesRequest['system']): PlacedText[] => {
  if (system === undefined || system === null) return []
  if (typeof system === 'string') return [{ block: { type: 'text', text: system }, path: ['system'] }]
  return system.map((block, index) => ({ block, path: ['system', index] }))
}

/** The system prompt: the request's own, then the system messages that led the conversation. */
export const toSystem = (
  system: MessagesRequest['system'],
  leading: readonly PlacedText[],
  translation: TranslationContext,
): MarkedSystemBlock[] => {
  const units: MarkedSystemBlock[] = []
  let mayBeHeader = translation.policy.billingHeader === 'drop'
  const texts = placed(system)
  for (const { block, path } of leading.length === 0 ? texts : [...texts, ...leading]) {
    let { text } = block
    if (mayBeHeader && text.startsWith(billingHeaderStart)) {
      text = text.replace(billingHeader, '')
      translation.notes.dropped(path, 'x-anthropic-billing-header line')
    }
    mayBeHeader = false
    if (!isBlank(text)) units.push({ block: { text }, path })
    markLast(units, toCachePoint(block.cache_control, translation), path, translation)
  }
  return units
}
