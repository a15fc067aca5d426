import { offeredTools } from '../translate/anthropic-to-converse/tool-loading.ts'
import { capabilitiesOf } from '../translate/model-capabilities.ts'
import { createNotes } from '../translate/notes.ts'
import { type CountTokensRequest, isCustomTool, type Tool } from '../wire/anthropic/request.ts'
import { addContent } from './content.ts'
import { createTally, type Tally } from './tally.ts'
import { tokenizers } from './tokenizer.ts'
import { addMembers } from './unchecked.ts'

/**
 * `count_tokens` without an upstream. The count is a sum: what a part adds does not depend on the
 * others, because Claude Code subtracts counts from each other to learn what one tool costs.
 */
export interface Estimate {
  /** Tokens of everything that is words, tools included. Not rounded, like the others. */
  readonly text: number
  /** Those of the tools' definitions among them. */
  readonly tools: number
  /** Those of Anthropic's own prompt for tools among them. */
  readonly toolsPrompt: number
  /** Pictures and pages. */
  readonly media: number
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

/** What a request costs the model behind an upstream's id, before anything was learnt of it. */
export const estimateTokens = (request: CountTokensRequest, modelId: string): Estimate => {
  const tokenizer = tokenizers[capabilitiesOf(modelId).tokenizer]
  const prompt = createTally(tokenizer)
  prompt.addText(requestOverhead)
  addContent(request.system, prompt)
  for (const { content } of request.messages) {
    prompt.addText(messageOverhead)
    addContent(content, prompt)
  }
  if (request.output_config?.format) prompt.addJson(request.output_config.format.schema)

  const tools = createTally(tokenizer)
  const offered = offeredTools(request, createNotes())
  const toolsPrompt = offered.length > 0 ? tokenizer.toolsPrompt : 0
  for (const { tool } of offered) addTool(tool, tools)
  return {
    text: prompt.text + tools.text + toolsPrompt,
    tools: tools.text,
    toolsPrompt,
    media: prompt.media + tools.media,
  }
}

/** The count for a client, rounded up. The factor is what the model's answers taught about its words. */
export const toCount = ({ text, media }: Pick<Estimate, 'text' | 'media'>, factor = 1): number =>
  Math.ceil((text * factor + media) * bias)
