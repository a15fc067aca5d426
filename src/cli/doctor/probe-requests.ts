import { estimateTokens, toCount } from '../../tokens/estimate/estimate.ts'
import { capabilitiesOf } from '../../translate/capabilities/table.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'

/** The tiny requests that doctor sends, in the forms that Claude Code uses. */

/** Enough for a word. */
const wordTokens = 16

const ask = (model: string, content: string, maxTokens: number): MessagesRequest => ({
  model,
  max_tokens: maxTokens,
  messages: [{ role: 'user', content }],
})

export const hello = (model: string): MessagesRequest => ask(model, 'Reply with OK.', wordTokens)

/** Long enough for several events. */
export const counting = (model: string): MessagesRequest => ({
  ...ask(model, 'Count from 1 to 20, with a space between the numbers and nothing else.', 64),
  stream: true,
})

export const toolName = 'report'

export const toolCall = (model: string): MessagesRequest => ({
  ...ask(model, 'Report the number 7.', 64),
  tools: [
    {
      name: toolName,
      description: 'Reports a number.',
      input_schema: { type: 'object', properties: { number: { type: 'integer' } }, required: ['number'] },
    },
  ],
  tool_choice: { type: 'tool', name: toolName },
})

/** A PNG of 16 by 16 red pixels. */
export const redSquare =
  'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR42mO4IydHEmIY1TCqYfhqAACaMxgQdrf9VwAAAABJRU5ErkJggg=='

export const image = (model: string): MessagesRequest => ({
  model,
  max_tokens: wordTokens,
  messages: [
    {
      role: 'user',
      content: [
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: redSquare } },
        { type: 'text', text: 'Which colour is this? One word.' },
      ],
    },
  ],
})

/** The smallest budget that the API accepts. */
const leastBudget = 1024

/** Requests thinking as Claude Code does: adaptive if the model supports it, otherwise with a budget. */
export const thinking = (model: string): MessagesRequest => {
  const base = ask(model, 'What is 17 times 23? Only the number.', leastBudget + wordTokens)
  const { thinking: kinds, effort } = capabilitiesOf(model)
  if (!kinds.includes('adaptive')) return { ...base, thinking: { type: 'enabled', budget_tokens: leastBudget } }
  return {
    ...base,
    thinking: { type: 'adaptive' },
    ...(effort.includes('low') && { output_config: { effort: 'low' } }),
  }
}

export const cachePoint = (model: string): MessagesRequest => ({
  ...hello(model),
  system: [{ type: 'text', text: 'You answer in one word.', cache_control: { type: 'ephemeral' } }],
})

/** The most tokens that a request costs: the estimate of its prompt plus the longest answer. */
export const mostTokens = (request: MessagesRequest): number =>
  toCount(estimateTokens(request, request.model)) + request.max_tokens
