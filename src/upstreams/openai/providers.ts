import { sessionKeyOf } from '../../translate/anthropic-to-openai-chat/identifiers.ts'
import type { Effort } from '../../translate/capabilities/chat-dialect.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { ChatRequest } from '../../wire/openai-chat/request.ts'
import type { Provider } from './provider.ts'
import { selfHostedProviders } from './self-hosted-providers.ts'
import { cachesByMarkers, openAiDialect, openAiQuirks } from './shared-quirks.ts'

const allEfforts: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

const holdsImage = ({ messages }: ChatRequest): boolean =>
  messages.some(({ content }) => Array.isArray(content) && content.some(({ type }) => type === 'image_url'))

/** Marks all requests after the first of a conversation as an agent's: Copilot does not bill them as the user's. */
const copilotHeaders = (body: ChatRequest): Readonly<Record<string, string>> => ({
  'x-initiator': body.messages.some(({ role }) => role === 'assistant') ? 'agent' : 'user',
  ...(holdsImage(body) && { 'copilot-vision-request': 'true' }),
})

/** Routes requests of one session to one provider, which has the session's prompts in its cache. */
const openRouterHeaders = (_body: ChatRequest, request: MessagesRequest): Readonly<Record<string, string>> => {
  const session = sessionKeyOf(request)
  return session === undefined ? {} : { 'x-session-id': session }
}

const openAi: Provider = {
  id: 'openai',
  baseUrl: 'https://api.openai.com/v1',
  hosts: ['api.openai.com'],
  auth: 'bearer',
  dialect: openAiDialect,
  quirks: openAiQuirks,
}

/** A row for each provider. The first row whose host matches is used. */
export const providers: readonly Provider[] = [
  openAi,
  {
    id: 'azure',
    hosts: ['.openai.azure.com', '.services.ai.azure.com', '.cognitiveservices.azure.com'],
    auth: 'api-key',
    dialect: openAiDialect,
    // Deployments often have the name of their model. For others, refusals show what the model does not support.
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
    headersFor: openRouterHeaders,
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
      {
        models: /^anthropic\//,
        dialect: { ...cachesByMarkers, cacheTtl: true, toolsForHistory: true, reasoningBudget: true },
      },
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
      prefill: 'prefix',
    },
    quirks: [
      { models: /vision/, dialect: { images: true } },
      { models: /deepseek-(?:r1|v3)/, dialect: { replay: 'content-current' } },
    ],
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
      prefill: 'partial',
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
    dialect: { maxTokens: 'max_completion_tokens' },
    quirks: [
      { models: /gpt-oss/, dialect: { reasoning: 'groq', efforts: ['low', 'medium', 'high'] } },
      { models: /qwen/, dialect: { reasoning: 'groq', effortWord: 'default' } },
    ],
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
      ids: 'exactly9',
      afterTool: 'bridge',
      toolName: true,
      choice: 'any',
      replay: 'parts',
      pdf: 'url',
      prefill: 'prefix',
    },
    quirks: [
      { models: /^magistral/, dialect: { reasoning: 'mistral', efforts: [] } },
      {
        models: /^mistral-(?:small-(?:latest|2603|4)|medium-(?:latest|3[.-]5))/,
        dialect: { reasoning: 'mistral', efforts: ['none', 'high'] },
      },
    ],
  },
  {
    id: 'minimax',
    baseUrl: 'https://api.minimax.io/v1',
    hosts: ['api.minimax.io', 'api.minimaxi.com'],
    auth: 'bearer',
    dialect: {
      reasoning: 'minimax',
      efforts: [],
      replay: 'details-text',
      afterTool: 'fold',
      deltas: 'maybeCumulative',
    },
    quirks: [{ models: /minimax-m[3-9]/i, dialect: { thinkingSwitch: true } }],
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
    headersFor: copilotHeaders,
    // Its paths have no /v1.
    baseUrl: 'https://api.githubcopilot.com/chat/completions',
    hosts: ['api.githubcopilot.com', '.githubcopilot.com'],
    auth: 'bearer',
    dialect: { toolsForHistory: true },
    quirks: [
      // `store` and `safety_identifier` are for OpenAI and Azure alone (OU-Q9, Q15).
      { models: /^gpt-/, dialect: { ...openAiDialect, store: false, userIdMember: 'user' } },
      ...openAiQuirks,
    ],
  },
  {
    id: 'gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    hosts: ['generativelanguage.googleapis.com'],
    auth: 'bearer',
    dialect: { replay: 'token' },
  },
  ...selfHostedProviders,
]
