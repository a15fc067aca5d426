import { describe, expect, test } from 'bun:test'
import { chatUrl } from '../../../src/upstreams/openai/address.ts'
import { dialectOf, providerNameOf, providerOf } from '../../../src/upstreams/openai/provider.ts'
import { providers } from '../../../src/upstreams/openai/providers.ts'

const byUrl = (baseUrl: string) => providerOf(providers, baseUrl)
const byId = (id: string) => providerOf(providers, 'https://any.example/v1', id)

describe('the provider of a base URL', () => {
  test.each([
    ['https://api.openai.com/v1', 'openai', 'OU-P1'],
    ['https://mine.openai.azure.com', 'azure', 'OU-P2'],
    ['https://api.tokenfactory.nebius.com/v1', 'nebius', 'OU-P3'],
    ['https://api.studio.nebius.com/v1', 'nebius', 'OU-P3'],
    ['https://api.tokenfactory.us-central1.nebius.com/v1/', 'nebius', 'OU-P3'],
    ['https://openrouter.ai/api/v1', 'openrouter', 'OU-P4'],
    ['https://api.deepseek.com', 'deepseek', 'OU-P5'],
    ['https://api.z.ai/api/coding/paas/v4', 'zhipu', 'OU-P6'],
    ['https://open.bigmodel.cn/api/paas/v4', 'zhipu', 'OU-P6'],
    ['https://api.moonshot.cn/v1', 'kimi', 'OU-P7'],
    ['https://api.kimi.com/coding/v1', 'kimi', 'OU-P7'],
    ['https://dashscope-intl.aliyuncs.com/compatible-mode/v1', 'dashscope', 'OU-P8'],
    ['https://api.groq.com/openai/v1', 'groq', 'OU-P9'],
    ['https://api.together.ai/v1', 'together', 'OU-P10'],
    ['https://api.fireworks.ai/inference/v1', 'fireworks', 'OU-P11'],
    ['https://api.mistral.ai/v1', 'mistral', 'OU-P12'],
    ['https://api.minimaxi.com/v1', 'minimax', 'OU-P13'],
    ['https://api.x.ai/v1', 'xai', 'OU-P14'],
    ['https://api.cerebras.ai/v1', 'cerebras', 'OU-P15'],
    ['https://api.githubcopilot.com', 'copilot', 'OU-P16'],
    ['https://generativelanguage.googleapis.com/v1beta/openai', 'gemini', 'OU-P17'],
    ['http://127.0.0.1:11434', 'ollama', 'OU-P22'],
    ['http://localhost:1234/v1', 'lmstudio', 'OU-P23'],
    ['http://127.0.0.1:8080', 'unknown', 'OU-P21'],
    ['https://evil-api.openai.com.example/v1', 'unknown', 'OU-P1'],
  ])('%s is %s (%s)', (baseUrl, id) => {
    expect(byUrl(baseUrl).id).toBe(id)
  })

  test.each(['litellm', 'bifrost', 'vllm', 'sglang', 'llamacpp'])(
    '%s is found by its id alone (OU-P18 to P21)',
    (id) => {
      expect(byId(id).id).toBe(id)
      expect(byId(id).hosts).toEqual([])
    },
  )

  test('Copilot is addressed without /v1, which a bare host would mean (OU-P16, T1)', () => {
    const address = chatUrl(byId('copilot').baseUrl ?? '', 'm', { apiVersion: undefined })
    expect(address).toBe('https://api.githubcopilot.com/chat/completions')
  })

  test('no id and no host occurs twice', () => {
    const ids = providers.map(({ id }) => id)
    const hosts = providers.flatMap((provider) => provider.hosts)
    expect(new Set(ids).size).toBe(ids.length)
    expect(new Set(hosts).size).toBe(hosts.length)
  })
})

test.each([
  ['openai', 'openai'],
  ['azure', 'azure.ai.openai'],
  ['gemini', 'gcp.gemini'],
  ['kimi', 'moonshot_ai'],
  ['mistral', 'mistral_ai'],
  ['xai', 'x_ai'],
  ['deepseek', 'deepseek'],
  ['vllm', 'vllm'],
  ['not in the table', 'openai'],
])('traces and metrics call %s by its conventional name %s (OP-O2)', (id, name) => {
  expect(providerNameOf(byId(id))).toBe(name)
})

describe('the dialect of a model', () => {
  const dialect = (id: string, modelId: string) => dialectOf(byId(id), modelId)

  test('is that of an unknown server if no row matches', () => {
    expect(dialect('no-such-provider', 'm')).toMatchObject({
      id: 'unknown',
      maxTokens: 'max_tokens',
      reasoning: 'none',
      replay: 'none',
      cache: 'drop',
      pdf: 'none',
      images: true,
      imageUrl: true,
      afterTool: 'user',
      choice: 'object',
      ids: 'upTo40',
      schema: 'full',
      json: 'schema',
      maximumTools: 128,
      topK: false,
    })
  })

  test.each([
    [
      'openai',
      'gpt-4.1',
      { maxTokens: 'max_completion_tokens', sampling: true, stop: true, reasoning: 'none' },
      'OU-P1',
    ],
    ['openai', 'o1', { sampling: false, stop: true, reasoning: 'openai' }, 'OU-P1'],
    ['openai', 'o3-mini', { sampling: false, stop: false, reasoning: 'openai' }, 'OU-P1'],
    ['openai', 'gpt-5', { sampling: false, stop: false, noEffortWithTools: false }, 'OU-P1'],
    ['openai', 'gpt-5.1', { efforts: ['none', 'low', 'medium', 'high'] }, 'OU-Q70'],
    ['openai', 'gpt-5.4', { noEffortWithTools: true }, 'OU-Q71'],
    ['openai', 'gpt-5.10', { noEffortWithTools: true }, 'OU-Q71'],
    ['azure', 'gpt-5-mini', { maxTokens: 'max_completion_tokens', sampling: false }, 'OU-P2'],
    ['nebius', 'zai-org/GLM-4.5', { reasoning: 'nebius', replay: 'content', afterTool: 'fold' }, 'OU-P3'],
    ['openrouter', 'anthropic/claude-sonnet-4.5', { cache: 'anthropic', cacheTtl: true, replay: 'details' }, 'OU-P4'],
    ['openrouter', 'openai/gpt-4.1', { cache: 'drop', topK: true }, 'OU-P4'],
    ['deepseek', 'deepseek-chat', { replay: 'content-always', images: false, json: 'object' }, 'OU-P5'],
    ['openrouter', 'anthropic/claude-sonnet-4.5', { reasoning: 'openrouter', reasoningBudget: true }, 'OU-Q78'],
    ['openrouter', 'openai/gpt-5', { reasoning: 'openrouter', reasoningBudget: false }, 'OU-Q78'],
    ['openai', 'gpt-5', { forcedToolWithReasoning: true }, 'OU-Q65'],
    ['openai', 'gpt-4.1', { forcedToolWithReasoning: false }, 'OU-Q65'],
    ['deepseek', 'deepseek-reasoner', { replay: 'content-always' }, 'OU-Q96'],
    ['deepseek', 'deepseek-r1-0528', { replay: 'content-current' }, 'OU-Q96'],
    ['deepseek', 'deepseek-v4-pro', { replay: 'content-always', prefill: 'prefix' }, 'OU-Q96'],
    ['kimi', 'kimi-k3', { efforts: ['low', 'medium', 'high'], prefill: 'partial' }, 'OU-Q74'],
    ['groq', 'llama-3.3-70b-versatile', { reasoning: 'none' }, 'OU-Q80'],
    ['groq', 'qwen/qwen3-32b', { reasoning: 'groq', effortWord: 'default' }, 'OU-Q80'],
    ['mistral', 'mistral-large-latest', { reasoning: 'none' }, 'OU-Q81'],
    ['mistral', 'magistral-medium-latest', { reasoning: 'mistral', efforts: [], replay: 'parts' }, 'OU-Q81'],
    ['mistral', 'mistral-medium-3.5', { reasoning: 'mistral', efforts: ['none', 'high'] }, 'OU-Q81'],
    ['minimax', 'MiniMax-M3', { thinkingSwitch: true, replay: 'details-text' }, 'OU-Q77'],
    ['minimax', 'MiniMax-M2.5', { thinkingSwitch: false, replay: 'details-text' }, 'OU-Q77'],
    ['vllm', 'deepseek-ai/DeepSeek-V3.2', { templateSwitch: 'thinking', prefill: 'continue' }, 'OU-Q76'],
    ['sglang', 'Qwen/Qwen3-32B', { templateSwitch: 'enable_thinking' }, 'OU-Q76'],
    ['zhipu', 'glm-4.5', { toolStream: false, json: 'object' }, 'OU-P6'],
    ['zhipu', 'GLM-4.7', { toolStream: true, efforts: [] }, 'OU-P6'],
    ['kimi', 'kimi-k2-thinking', { sampling: true, schema: 'mfjs', toolMedia: 'inside', imageUrl: false }, 'OU-P7'],
    ['kimi', 'kimi-k2.5', { sampling: false, replay: 'content-calls', promptCacheKey: true }, 'OU-P7'],
    ['dashscope', 'qwen3-max', { reasoning: 'qwen', cache: 'anthropic', deltas: 'maybeCumulative' }, 'OU-P8'],
    ['groq', 'openai/gpt-oss-120b', { reasoning: 'groq', maxTokens: 'max_completion_tokens' }, 'OU-P9'],
    ['together', 'x', { reasoning: 'together', topK: true, replay: 'content' }, 'OU-P10'],
    ['fireworks', 'x', { preservesReasoningHistory: true, topK: true, promptCacheKey: true }, 'OU-P11'],
    [
      'mistral',
      'magistral-medium',
      { ids: 'exactly9', afterTool: 'bridge', toolName: true, choice: 'any', pdf: 'url' },
      'OU-P12',
    ],
    ['minimax', 'MiniMax-M3', { reasoning: 'minimax', afterTool: 'fold' }, 'OU-P13'],
    ['xai', 'grok-3-mini', { reasoning: 'openai', stop: false }, 'OU-P14'],
    ['xai', 'grok-3', { reasoning: 'none', stop: true }, 'OU-P14'],
    ['cerebras', 'x', { maxTokens: 'max_completion_tokens' }, 'OU-P15'],
    ['copilot', 'gpt-4.1', { toolsForHistory: true, maxTokens: 'max_completion_tokens' }, 'OU-P16'],
    ['copilot', 'gpt-5-mini', { store: false, userIdMember: 'user' }, 'OU-Q9, OU-Q15'],
    ['copilot', 'claude-sonnet-4.5', { toolsForHistory: true, maxTokens: 'max_tokens' }, 'OU-P16'],
    ['gemini', 'gemini-2.5-pro', { replay: 'token' }, 'OU-P17'],
    ['litellm', 'x', { cache: 'anthropic', cacheTtl: true, toolsForHistory: true, pdf: 'file' }, 'OU-P18'],
    ['vllm', 'x', { topK: true, replay: 'both', reasoning: 'none' }, 'OU-P19'],
    ['sglang', 'x', { topK: true }, 'OU-P20'],
    ['llamacpp', 'x', { topK: true, replay: 'content' }, 'OU-P21'],
    ['ollama', 'x', { reasoning: 'ollama', replay: 'reasoning', imageUrl: false, choice: 'none' }, 'OU-P22'],
    ['lmstudio', 'x', { choice: 'string', topK: true, replay: 'content' }, 'OU-P23'],
  ])('%s has the cells of its row for %s: %j (%s)', (id, modelId, cells) => {
    expect(dialect(id, modelId)).toMatchObject(cells as object)
  })

  test('Cerebras answers overflows without a body, and Nebius names its default models (OU-E11, OU-P3)', () => {
    expect(byId('cerebras').isBareOverflow).toBe(true)
    expect(byId('nebius').defaults).toEqual({
      big: 'zai-org/GLM-4.5',
      middle: 'zai-org/GLM-4.5',
      small: 'zai-org/GLM-4.5',
      vision: 'Qwen/Qwen2.5-VL-72B-Instruct',
    })
  })
})
