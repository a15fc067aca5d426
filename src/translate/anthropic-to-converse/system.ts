import type { TextBlock } from '../../wire/anthropic/content.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import { isBlank } from './blank.ts'
import { markLast, toCachePoint } from './cache-markers.ts'
import type { Translation, Unit } from './context.ts'
import type { PlacedText } from './turns.ts'

export type SystemUnit = Unit<{ text: string }>

/**
 * Claude Code's first system line, a fingerprint that differs between versions, sessions and
 * sub-agents: in front of everything it would keep the prompt cache from ever being shared.
 */
const billingHeader = /^x-anthropic-billing-header:[^\n]*\n?/

const placed = (system: MessagesRequest['system']): PlacedText[] => {
  if (system === undefined || system === null) return []
  const blocks: readonly TextBlock[] = typeof system === 'string' ? [{ type: 'text', text: system }] : system
  return blocks.map((block, index) => ({ block, path: typeof system === 'string' ? ['system'] : ['system', index] }))
}

/** The system prompt: the request's own, then the system messages that led the conversation. */
export const toSystem = (
  system: MessagesRequest['system'],
  leading: readonly PlacedText[],
  translation: Translation,
): SystemUnit[] => {
  const units: SystemUnit[] = []
  for (const [index, { block, path }] of [...placed(system), ...leading].entries()) {
    const isHeader = index === 0 && translation.policy.billingHeader === 'drop'
    const text = isHeader ? block.text.replace(billingHeader, '') : block.text
    if (text !== block.text) translation.notes.dropped(path, 'x-anthropic-billing-header line')
    if (!isBlank(text)) units.push({ block: { text }, path })
    markLast(units, toCachePoint(block.cache_control, translation), path, translation)
  }
  return units
}
