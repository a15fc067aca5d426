import type { MessagesRequest } from '../wire/anthropic/request.ts'
import type { PlacedText } from './conversation.ts'
import type { Notes } from './notes.ts'

/**
 * Claude Code's first system line, a fingerprint that differs between versions, sessions and sub-agents. At the start
 * of the prompt, it would prevent any sharing of the prompt cache.
 */
const billingHeaderStart = 'x-anthropic-billing-header:'
const billingHeader = /^x-anthropic-billing-header:[^\n]*\n?/

/** A text of the system prompt without that line. */
export const withoutBillingLine = (text: string): string =>
  text.startsWith(billingHeaderStart) ? text.replace(billingHeader, '') : text

const placed = (system: MessagesRequest['system']): PlacedText[] => {
  if (system === undefined || system === null) return []
  if (typeof system === 'string') return [{ block: { type: 'text', text: system }, path: ['system'] }]
  return system.map((block, index) => ({ block, path: ['system', index] }))
}

const withoutBillingHeader = ({ block, path }: PlacedText, notes: Notes): PlacedText => {
  if (!block.text.startsWith(billingHeaderStart)) return { block, path }
  notes.dropped(path, 'x-anthropic-billing-header line')
  return { block: { ...block, text: withoutBillingLine(block.text) }, path }
}

/** The texts of the system prompt: the request's own, then the system messages before the conversation. */
export const systemTexts = (
  system: MessagesRequest['system'],
  leading: readonly PlacedText[],
  billingHeaderPolicy: 'drop' | 'keep',
  notes: Notes,
): PlacedText[] => {
  const texts = placed(system)
  for (const text of leading) texts.push(text)
  const [first] = texts
  if (first !== undefined && billingHeaderPolicy === 'drop') texts[0] = withoutBillingHeader(first, notes)
  return texts
}
