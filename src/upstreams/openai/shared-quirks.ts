import type { ChatDialectChange, Effort } from '../../translate/capabilities/chat-dialect.ts'
import type { ModelQuirks } from './provider.ts'

export const openAiDialect: ChatDialectChange = {
  maxTokens: 'max_completion_tokens',
  pdf: 'file',
  promptCacheKey: true,
  userIdMember: 'safety_identifier',
  store: true,
}

const reasons = (efforts: readonly Effort[]): ChatDialectChange => ({
  reasoning: 'openai',
  efforts,
  forcedToolWithReasoning: true,
  sampling: false,
  stop: false,
})

/** OpenAI's reasoning models: the parameters that each generation accepts (OU-Q3, Q5, Q70, Q71). */
export const openAiQuirks: readonly ModelQuirks[] = [
  { models: /^o\d/, dialect: { ...reasons(['low', 'medium', 'high']), stop: true } },
  { models: /^o[34]/, dialect: { stop: false } },
  { models: /^gpt-5/, dialect: reasons(['minimal', 'low', 'medium', 'high']) },
  { models: /^gpt-5\.[1-9]/, dialect: { efforts: ['none', 'low', 'medium', 'high'] } },
  { models: /^gpt-5\.(?:[2-9]|\d\d)/, dialect: { efforts: ['none', 'low', 'medium', 'high', 'xhigh'] } },
  { models: /^gpt-5\.(?:[4-9]|\d\d)/, dialect: { noEffortWithTools: true } },
]

/** Quirks of all self-hosted servers: the chat template decides how reasoning is switched (OU-Q76). */
export const templateQuirks: readonly ModelQuirks[] = [
  { models: /deepseek-v[3-9]|kimi/i, dialect: { templateSwitch: 'thinking' } },
]

/** Anthropic's and Qwen's models behind a gateway accept cache markers (OU-Q111). */
export const cachesByMarkers: ChatDialectChange = { cache: 'anthropic' }
