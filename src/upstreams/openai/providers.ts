import type { ChatDialectChange, Effort } from '../../translate/capabilities/chat-dialect.ts'
import type { ModelQuirks, Provider } from './provider.ts'

const allEfforts: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

const openAiDialect: ChatDialectChange = {
  maxTokens: 'max_completion_tokens',
  pdf: 'file',
  promptCacheKey: true,
  userIdMember: 'safety_identifier',
  store: true,
}

const reasons = (efforts: readonly Effort[]): ChatDialectChange => ({
  reasoning: 'openai',
  efforts,
  sampling: false,
  stop: false,
})

/** OpenAI's reasoning models: what each generation takes (OU-Q3, Q5, Q70, Q71). */
const openAiQuirks: readonly ModelQuirks[] = [
  { models: /^o\d/, dialect: { ...reasons(['low', 'medium', 'high']), stop: true } },
  { models: /^o[34]/, dialect: { stop: false } },
  { models: /^gpt-5/, dialect: reasons(['minimal', 'low', 'medium', 'high']) },
  { models: /^gpt-5\.[1-9]/, dialect: { efforts: ['none', 'low', 'medium', 'high'] } },
  { models: /^gpt-5\.(?:[2-9]|\d\d)/, dialect: { efforts: ['none', 'low', 'medium', 'high', 'xhigh'] } },
  { models: /^gpt-5\.(?:[4-9]|\d\d)/, dialect: { noEffortWithTools: true } },
]

/** Anthropic's and Qwen's models behind a gateway take cache markers (OU-Q111). */
const cachesByMarkers: ChatDialectChange = { cache: 'anthropic' }

const openAi: Provider = {
  id: 'openai',
  baseUrl: 'https://api.openai.com/v1',
  hosts: ['api.openai.com'],
  auth: 'bearer',
  dialect: openAiDialect,
  quirks: openAiQuirks,
}

/** Models of open weights that people run themselves. */
const selfHosted = { hosts: [], auth: 'optional' } as const

/** A row for each provider. The first whose host fits is taken. */
export const providers: readonly Provider[] = [
  openAi,
  {
    id: 'azure',
    hosts: ['.openai.azure.com', '.services.ai.azure.com', '.cognitiveservices.azure.com'],
    auth: 'api-key',
    dialect: openAiDialect,
    // Deployments are often named after their model; where they are not, refusals teach it.
    quirks: openAiQuirks,
  },
  {
    id: 'nebius',
    baseUrl: 'https://api.tokenfactory.nebius.com/v1',
    hosts: ['api.tokenfactory.nebius.com', 'api.studio.nebius.com', '.nebius.com', '.nebius.cloud'],
    auth: 'bearer',
    dialect: { reasoning: 'nebius', efforts: allEfforts, replay: 'content', afterTool: 'fold' },
    defaults: {
      big: 'zai-org/GLM-4.5',
      middle: 'zai-org/GLM-4.5',
      small: 'zai-org/GLM-4.5',
      vision: 'Qwen/Qwen2.5-VL-72B-Instruct',
    },
  },
  {
    id: 'openrouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    hosts: ['openrouter.ai'],
    auth: 'bearer',
    dialect: {
      reasoning: 'openrouter',
      efforts: ['minimal', 'low', 'medium', 'high', 'xhigh'],
      replay: 'details',
      pdf: 'file',
      topK: true,
    },
    quirks: [
      { models: /^anthropic\//, dialect: { ...cachesByMarkers, cacheTtl: true, toolsForHistory: true } },
      { models: /^qwen\//, dialect: { ...cachesByMarkers, cacheTtl: true } },
    ],
  },
  {
    id: 'deepseek',
    baseUrl: 'https://api.deepseek.com',
    hosts: ['api.deepseek.com'],
    auth: 'bearer',
    dialect: {
      reasoning: 'deepseek',
      efforts: ['low', 'medium', 'high', 'max'],
      replay: 'content-always',
      images: false,
      json: 'object',
      afterTool: 'fold',
    },
    quirks: [{ models: /vision/, dialect: { images: true } }],
  },
  {
    id: 'zhipu',
    baseUrl: 'https://api.z.ai/api/paas/v4',
    hosts: ['api.z.ai', 'open.bigmodel.cn'],
    auth: 'bearer',
    dialect: { reasoning: 'zai', efforts: [], replay: 'content', afterTool: 'fold', json: 'object' },
    quirks: [
      { models: /^glm-(?:4\.[6-9]|[5-9])/i, dialect: { toolStream: true } },
      { models: /^glm-(?:5\.[2-9]|[6-9])/i, dialect: { efforts: ['low', 'medium', 'high'] } },
    ],
  },
  {
    id: 'kimi',
    baseUrl: 'https://api.moonshot.ai/v1',
    hosts: ['api.moonshot.ai', 'api.moonshot.cn', 'api.kimi.com'],
    auth: 'bearer',
    dialect: {
      reasoning: 'kimi',
      efforts: [],
      replay: 'content-calls',
      schema: 'mfjs',
      toolMedia: 'inside',
      imageUrl: false,
      afterTool: 'fold',
      promptCacheKey: true,
    },
    quirks: [
      { models: /^kimi-k2\.[5-9]|^kimi-k[3-9]|^kimi-for-coding/, dialect: { sampling: false } },
      { models: /^kimi-k[3-9]|^kimi-for-coding/, dialect: { efforts: ['low', 'medium', 'high'] } },
    ],
  },
  {
    id: 'dashscope',
    baseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
    hosts: ['dashscope.aliyuncs.com', 'dashscope-intl.aliyuncs.com', '.dashscope.aliyuncs.com'],
    auth: 'bearer',
    dialect: { reasoning: 'qwen', efforts: [], deltas: 'maybeCumulative', ...cachesByMarkers },
  },
  {
    id: 'groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    hosts: ['api.groq.com'],
    auth: 'bearer',
    dialect: { reasoning: 'groq', efforts: ['low', 'medium', 'high'], maxTokens: 'max_completion_tokens' },
  },
  {
    id: 'together',
    baseUrl: 'https://api.together.xyz/v1',
    hosts: ['api.together.xyz', 'api.together.ai'],
    auth: 'bearer',
    dialect: { reasoning: 'together', efforts: [], topK: true, replay: 'content' },
  },
  {
    id: 'fireworks',
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    hosts: ['api.fireworks.ai'],
    auth: 'bearer',
    dialect: {
      reasoning: 'openai',
      efforts: ['low', 'medium', 'high'],
      preservesReasoningHistory: true,
      replay: 'content',
      topK: true,
      promptCacheKey: true,
    },
  },
  {
    id: 'mistral',
    baseUrl: 'https://api.mistral.ai/v1',
    hosts: ['api.mistral.ai'],
    auth: 'bearer',
    dialect: {
      reasoning: 'mistral',
      efforts: ['none', 'high'],
      ids: 'exactly9',
      afterTool: 'bridge',
      toolName: true,
      choice: 'any',
      replay: 'parts',
      pdf: 'url',
    },
  },
  {
    id: 'minimax',
    baseUrl: 'https://api.minimax.io/v1',
    hosts: ['api.minimax.io', 'api.minimaxi.com'],
    auth: 'bearer',
    dialect: { reasoning: 'minimax', efforts: [], replay: 'details', afterTool: 'fold', deltas: 'maybeCumulative' },
  },
  {
    id: 'xai',
    baseUrl: 'https://api.x.ai/v1',
    hosts: ['api.x.ai'],
    auth: 'bearer',
    dialect: {},
    quirks: [
      { models: /^grok-3-mini/, dialect: { reasoning: 'openai', efforts: ['low', 'high'] } },
      { models: /^grok-(?:3-mini|[4-9]|code)/, dialect: { stop: false } },
    ],
  },
  {
    id: 'cerebras',
    baseUrl: 'https://api.cerebras.ai/v1',
    hosts: ['api.cerebras.ai'],
    auth: 'bearer',
    dialect: { maxTokens: 'max_completion_tokens' },
    isBareOverflow: true,
  },
  {
    id: 'copilot',
    baseUrl: 'https://api.githubcopilot.com',
    hosts: ['api.githubcopilot.com', '.githubcopilot.com'],
    auth: 'bearer',
    dialect: { toolsForHistory: true },
    quirks: [{ models: /^gpt-/, dialect: openAiDialect }, ...openAiQuirks],
  },
  {
    id: 'gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    hosts: ['generativelanguage.googleapis.com'],
    auth: 'bearer',
    dialect: { replay: 'token' },
  },
  { id: 'litellm', ...selfHosted, dialect: { ...cachesByMarkers, cacheTtl: true, toolsForHistory: true, pdf: 'file' } },
  { id: 'bifrost', ...selfHosted, dialect: { ...cachesByMarkers, toolsForHistory: true, pdf: 'file' } },
  { id: 'vllm', ...selfHosted, dialect: { topK: true, replay: 'both' } },
  { id: 'sglang', ...selfHosted, dialect: { topK: true, replay: 'content' } },
  { id: 'llamacpp', ...selfHosted, dialect: { topK: true, replay: 'content' } },
  {
    id: 'ollama',
    baseUrl: 'http://127.0.0.1:11434/v1',
    hosts: ['127.0.0.1:11434', 'localhost:11434', '[::1]:11434', 'ollama.com'],
    auth: 'optional',
    dialect: {
      reasoning: 'ollama',
      efforts: ['none', 'low', 'medium', 'high', 'max'],
      replay: 'reasoning',
      imageUrl: false,
      choice: 'none',
    },
  },
  {
    id: 'lmstudio',
    baseUrl: 'http://127.0.0.1:1234/v1',
    hosts: ['127.0.0.1:1234', 'localhost:1234', '[::1]:1234'],
    auth: 'optional',
    dialect: { topK: true, replay: 'content', choice: 'string' },
  },
]
