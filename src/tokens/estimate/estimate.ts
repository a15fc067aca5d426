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
 * `count_tokens` without an upstream. The count is a sum: what a part adds does not depend on the
 * others, because Claude Code subtracts counts from each other to learn what one tool costs.
 */
export interface Estimate extends Tokens {
  /** The system prompt, each message, each tool, and what comes with them: what adds up to the whole. */
  readonly parts: readonly Tokens[]
  /** Tokens of the tools' definitions. */
  readonly tools: number
  /** Those of Anthropic's own prompt for tools; 0 without tools. */
  readonly toolsPrompt: number
}

/** What surrounds a request, and each message in it. */
const requestOverhead = 3
const messageOverhead = 4
const toolOverhead = 8
/** A count that is too low makes a client compact too late: a little too high is the better side. */
const bias = 1.02

/** By Anthropic's price list. The other tools whose schema is its own we send with one of ours. */
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

/** What is sent of the messages: a summary takes the place of everything before it. */
const sentContents = (messages: readonly InputMessage[]): Content[] => {
  const summary = findSummary(messages)
  const contents = sentMessages(messages, summary).flatMap(({ content }) => (content === undefined ? [] : [content]))
  return summary === undefined ? contents : [summaryText(summary), ...contents]
}

const total = (parts: readonly Tokens[], kind: keyof Tokens): number =>
  parts.reduce((tokens, part) => tokens + part[kind], 0)

/**
 * What a request costs the model behind an upstream's id, before anything was learnt of it. Throws a
 * GatewayError where the conversation defines a tool that is none.
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
 * The count for a client. Each part is rounded up on its own, or what a part costs would hang on the
 * others by one. The factor is what the model's answers taught about its words.
 */
export const toCount = ({ parts }: { readonly parts: readonly Omit<Tokens, 'unseen'>[] }, factor = 1): number => {
  const costs = parts.map(({ text, thinking, media }) => Math.ceil(((text + thinking) * factor + media) * bias))
  return Math.max(
    costs.reduce((sum, cost) => sum + cost, 0),
    1,
  )
}
