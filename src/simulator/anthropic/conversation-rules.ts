import type { ContentBlock } from '../../wire/anthropic/content.ts'
import type { InputMessage } from '../../wire/anthropic/request.ts'
import { isGenuineRedaction, isGenuineSignature } from '../signature.ts'
import { blocksOf, firstOf, firstOfBlocks, type Rule } from './rule.ts'

/** The API's rules for a conversation, with its own words. Successive messages of one role are one turn. */

const isBlank = (text: string): boolean => text.trim() === ''

const firstRole: Rule = ({ body: { messages } }) =>
  messages.find(({ role }) => role !== 'system')?.role === 'user'
    ? undefined
    : 'messages: first message must use the "user" role'

const contents: Rule = ({ body: { messages } }) =>
  firstOf(messages, (message, index) => {
    if (message.role === 'system') return undefined
    if (message.content === undefined) return `messages.${index}.content: Field required`
    const isFinal = index === messages.length - 1 && message.role === 'assistant'
    return blocksOf(message).length === 0 && !isFinal
      ? `messages.${index}: all messages must have non-empty content except for the optional final assistant message`
      : undefined
  })

const onlyIn: Readonly<Record<string, 'user' | 'assistant'>> = {
  tool_result: 'user',
  tool_use: 'assistant',
  thinking: 'assistant',
  redacted_thinking: 'assistant',
  server_tool_use: 'assistant',
}

const sides: Rule = ({ body: { messages } }) =>
  firstOf(messages, (message, index) =>
    firstOf(blocksOf(message), ({ type }) => {
      const side = onlyIn[type]
      return side === undefined || side === message.role
        ? undefined
        : `messages.${index}: \`${type}\` blocks can only be in \`${side}\` messages`
    }),
  )

const texts: Rule = ({ body }) => {
  const system = Array.isArray(body.system) ? body.system : []
  if (system.some(({ text }) => text === '')) return 'system: text content blocks must be non-empty'
  return firstOfBlocks(body, (block) => {
    if (block.type !== 'text') return undefined
    if (block.text === '') return 'messages: text content blocks must be non-empty'
    return isBlank(block.text) ? 'messages: text content blocks must contain non-whitespace text' : undefined
  })
}

const usesOf = (blocks: readonly ContentBlock[]): string[] =>
  blocks.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []))

interface Turn {
  readonly role: InputMessage['role']
  /** Of its first message. */
  readonly index: number
  readonly blocks: readonly ContentBlock[]
}

/** Joins successive messages of one role, and leaves messages of the system out. */
const turnsOf = (messages: readonly InputMessage[]): Turn[] => {
  const turns: Turn[] = []
  for (const [index, message] of messages.entries()) {
    const last = turns.at(-1)
    if (message.role === 'system') continue
    if (last?.role === message.role)
      turns[turns.length - 1] = { ...last, blocks: [...last.blocks, ...blocksOf(message)] }
    else turns.push({ role: message.role, index, blocks: blocksOf(message) })
  }
  return turns
}

const pairing: Rule = ({ body: { messages } }) => {
  const turns = turnsOf(messages)
  return firstOf(turns, ({ blocks, index }, position) => {
    const uses = usesOf(turns[position - 1]?.blocks ?? [])
    const wrong = blocks.findIndex((block) => block.type === 'tool_result' && !uses.includes(block.tool_use_id))
    const results = blocks.flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : []))
    if (wrong !== -1) {
      const id = results.find((one) => !uses.includes(one))
      return `messages.${index}.content.${wrong}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`
    }
    const repeated = results.find((id, at) => results.indexOf(id) < at)
    if (repeated !== undefined) {
      return `messages.${index}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${repeated}`
    }
    const next = turns[position + 1]?.blocks ?? []
    const answered = next.flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : []))
    const missing = usesOf(blocks).filter((id) => !answered.includes(id))
    return missing.length === 0
      ? undefined
      : `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`
  })
}

const uniqueUses: Rule = ({ body }) => {
  const seen = new Set<string>()
  return firstOfBlocks(body, (block, path) => {
    if (block.type !== 'tool_use') return undefined
    if (seen.has(block.id)) return `${path}: \`tool_use\` ids must be unique`
    seen.add(block.id)
    return undefined
  })
}

const ending: Rule = ({ body: { messages, max_tokens: limit }, model }) => {
  const last = messages.at(-1)
  if (last?.role !== 'assistant' || limit === undefined) return undefined
  if (!model.prefill) {
    return 'This model does not support assistant message prefill. The conversation must end with a user message.'
  }
  const final = blocksOf(last).at(-1)
  return final?.type === 'text' && final.text !== final.text.trimEnd()
    ? 'messages: final assistant content cannot end with trailing whitespace'
    : undefined
}

const signatures: Rule = ({ body }) =>
  firstOfBlocks(body, (block, path) => {
    if (block.type === 'redacted_thinking') {
      return isGenuineRedaction(block.data) ? undefined : `${path}: Invalid \`data\` in \`redacted_thinking\` block`
    }
    if (block.type !== 'thinking') return undefined
    return isGenuineSignature(block.thinking, block.signature ?? '')
      ? undefined
      : `${path}: Invalid \`signature\` in \`thinking\` block`
  })

export const conversationRules: readonly Rule[] = [
  firstRole,
  contents,
  sides,
  texts,
  uniqueUses,
  pairing,
  ending,
  signatures,
]
