/** Which words of a conversation observers may get (AU-S2). */

/** Domains of people, not of teams: nothing about them is sent to Slack. */
export const isPersonalDomain = (host: string): boolean => host.toLowerCase().includes('personal')

/** Slack shows a message's first 3,000 characters. */
const mostLines = 20
const mostCharacters = 8000

const reminder = '<system-reminder>'
/** Claude Code adds these blocks to the user's own turn. */
const leadingReminder = /^\s*<system-reminder>/

const hasType = (value: unknown, type: string): value is { readonly type: string; readonly text?: unknown } =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === type

/** The text blocks of a message's content, which may be anything: a forwarded request is not checked. */
const textsOf = (content: unknown): readonly string[] => {
  if (typeof content === 'string') return [content]
  if (!Array.isArray(content)) return []
  return content.flatMap((block) => (hasType(block, 'text') && typeof block.text === 'string' ? [block.text] : []))
}

/** Keeps the first lines of a text. */
export const firstLines = (text: string): string => {
  let end = -1
  for (let line = 0; line < mostLines; line += 1) {
    end = text.indexOf('\n', end + 1)
    if (end === -1) return text.slice(0, mostCharacters)
  }
  return `${text.slice(0, Math.min(end, mostCharacters))}\n... (truncated)`
}

/**
 * The beginning of what the user wrote last, or an empty string: the text of the last user message that has any, without
 * the blocks that Claude Code adds. A message with a reminder in the middle of its text does not count.
 */
export const selectUserText = (messages: unknown): string => {
  if (!Array.isArray(messages)) return ''
  for (const message of messages.toReversed()) {
    if (message?.role !== 'user') continue
    const texts = textsOf(message.content).filter((text) => !leadingReminder.test(text))
    const text = texts.join('\n')
    if (text.trim() !== '' && !text.includes(reminder)) return firstLines(text)
  }
  return ''
}
