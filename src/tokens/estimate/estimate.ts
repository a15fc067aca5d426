import { findSummary, sentMessages, summaryText } from '../../messages/compaction.ts'
import { createNotes } from '../../messages/notes.ts'
import { offeredTools } from '../../messages/tool-loading.ts'
import { capabilitiesOf } from '../../translate/capabilities/table.ts'
import { type CountTokensRequest, type InputMessage, isCustomTool, type Tool } from '../../wire/anthropic/request.ts'
import { addContent } from './content.ts'
import { type MediaRuler, measuredMedia } from './media.ts'
import { Tally, type Tokens } from './tally.ts'
import { tokenizers } from './tokenizer.ts'
import { addMembers } from './unestimated.ts'

/**
 * `count_tokens` without an upstream. The count is a sum of independent parts, because Claude Code subtracts counts
 * from each other to find the cost of one tool.
 */
export interface Estimate extends Tokens {
  /** The system prompt, each message, each tool, and overhead. They add up to the whole. */
  readonly parts: readonly Tokens[]
  /** Tokens of the tools' definitions. */
  readonly tools: number
  /** Tokens of Anthropic's prompt for tools; 0 without tools. */
  readonly toolsPrompt: number
}

/** Tokens around a request, a message and a tool. */
const requestOverhead = 3
const messageOverhead = 4
const toolOverhead = 8
/** A count that is too low makes a client compact too late, so counts are a little too high. */
const bias = 1.02

/** From Anthropic's price list. Other typed tools are sent with our own schema, which counts. */
const computerTokens = 735

const addTool = (tool: Tool, tally: Tally): void => {
  tally.addText(toolOverhead)
  if (isCustomTool(tool)) {
    tally.addWords(tool.name)
    tally.addWords(tool.description)
    tally.addJson(tool.input_schema)
    return
  }
  if (tool.type.startsWith('computer_')) tally.addText(computerTokens)
  else addMembers(tool, tally)
}

type Content = InputMessage['content']

/** The messages that are sent: a summary replaces everything before it. */
const sentContents = (messages: readonly InputMessage[]): Content[] => {
  const summary = findSummary(messages)
  const contents = sentMessages(messages, summary).flatMap(({ content }) => (content === undefined ? [] : [content]))
  return summary === undefined ? contents : [summaryText(summary), ...contents]
}

const total = (parts: readonly Tokens[], kind: keyof Tokens): number =>
  parts.reduce((tokens, part) => tokens + part[kind], 0)

/**
 * Estimates a request's tokens for the model with the upstream's id, without what was learned. Throws a GatewayError if
 * the conversation defines an invalid tool.
 */
export const estimateTokens = (
  request: CountTokensRequest,
  modelId: string,
  ruler: MediaRuler = measuredMedia,
): Estimate => {
  const tokenizer = tokenizers[capabilitiesOf(modelId).tokenizer]
  const part = (fill: (tally: Tally) => void): Tokens => {
    const tally = new Tally(tokenizer, ruler)
    fill(tally)
    const { text, thinking, media, unseen } = tally
    return { text, thinking, media, unseen }
  }
  const prompt = [
    part((tally) => tally.addText(requestOverhead)),
    part((tally) => addContent(request.system, tally)),
    ...sentContents(request.messages).map((content) =>
      part((tally) => {
        tally.addText(messageOverhead)
        addContent(content, tally)
      }),
    ),
    part((tally) => tally.addJson(request.output_config?.format?.schema)),
  ]
  const tools = offeredTools(request, createNotes()).map(({ tool }) => part((tally) => addTool(tool, tally)))
  const toolsPrompt = tools.length > 0 ? tokenizer.toolsPrompt : 0
  const parts = [...prompt, part((tally) => tally.addText(toolsPrompt)), ...tools]
  return {
    parts,
    text: total(parts, 'text'),
    thinking: total(parts, 'thinking'),
    media: total(parts, 'media'),
    unseen: total(parts, 'unseen'),
    tools: total(tools, 'text'),
    toolsPrompt,
  }
}

/**
 * The count for a client. Each part is rounded up separately, otherwise its cost would depend on the others by one.
 * The factor comes from the calibration.
 */
export const toCount = ({ parts }: { readonly parts: readonly Omit<Tokens, 'unseen'>[] }, factor = 1): number => {
  const costs = parts.map(({ text, thinking, media }) => Math.ceil(((text + thinking) * factor + media) * bias))
  return Math.max(
    costs.reduce((sum, cost) => sum + cost, 0),
    1,
  )
}

/** The count of a request for the model behind an upstream's id. Throws as `estimateTokens` does. */
export const estimateCount = (request: CountTokensRequest, modelId: string): number =>
  toCount(estimateTokens(request, modelId))
