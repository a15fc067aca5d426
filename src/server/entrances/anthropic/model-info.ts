import type { Model } from '../../../models/model.ts'
import { capabilitiesOf, type ModelCapabilities } from '../../../translate/capabilities/table.ts'

/**
 * A model as Anthropic's Models API describes it, with the members of the newest SDK's types, beta ones included:
 * tests/conformance/model-members.test.ts compares.
 */

interface Support {
  readonly supported: boolean
}

const support = (supported: boolean): Support => ({ supported })
const no = support(false)

const effortOf = ({ effort }: ModelCapabilities) => ({
  supported: effort.length > 0,
  low: support(effort.includes('low')),
  medium: support(effort.includes('medium')),
  high: support(effort.includes('high')),
  xhigh: support(effort.includes('xhigh')),
  max: support(effort.includes('max')),
})

/** The kinds that the model itself accepts. Other kinds are translated into one of these, without an error. */
const thinkingOf = ({ thinking, disabledThinking }: ModelCapabilities) => ({
  supported: thinking.length > 0,
  types: {
    adaptive: support(thinking.includes('adaptive')),
    between_tools: support(thinking.includes('between_tools')),
    // By Anthropic's definition true for a model that cannot think.
    disabled: support(disabledThinking || thinking.length === 0),
    enabled: support(thinking.includes('enabled')),
  },
})

/** Features of Anthropic's own servers that this server has in their place. */
export interface OwnFeatures {
  readonly webSearch: boolean
}

/** Other features of Anthropic's own servers are not supported, also if the model has them there. */
const capabilitiesIn = (model: ModelCapabilities, { webSearch }: OwnFeatures) => ({
  batch: no,
  citations: support(model.isClaude),
  code_execution: no,
  compaction: { supported: false, summarize: no },
  context_management: {
    supported: false,
    clear_thinking_20251015: no,
    clear_tool_uses_20250919: no,
    compact_20260112: no,
  },
  effort: effortOf(model),
  image_input: support(model.isClaude),
  pdf_input: support(model.isClaude),
  server_tools: { supported: webSearch, code_execution: no, web_search: support(webSearch) },
  structured_outputs: support(model.structuredOutput),
  thinking: thinkingOf(model),
})

export type ModelInfo = ReturnType<typeof toModelInfo>

/** `id`: the spelling of the model's name for clients. */
export const toModelInfo = (model: Model, id: string, features: OwnFeatures) => ({
  type: 'model' as const,
  id,
  display_name: model.displayName,
  description: model.description,
  created_at: model.createdAt,
  // The catalog contains only available models, and no upstream announces their end.
  lifecycle: 'active' as const,
  deprecated_at: null,
  retires_at: null,
  line: model.family,
  max_input_tokens: model.maxInputTokens,
  max_tokens: model.maxOutputTokens,
  // The server does not use a request's `fallbacks`.
  allowed_fallback_models: [],
  capabilities: capabilitiesIn(capabilitiesOf(model.id), features),
})
