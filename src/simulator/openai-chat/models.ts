/** A model of a simulated server, and the parameters that it accepts. */
export interface ChatModel {
  readonly id: string
  /** Tokens of input and output together. */
  readonly window: number
  /** Limit of output tokens. */
  readonly maxOutputTokens: number
  /** Levels of `reasoning_effort`; empty if the model does not have that parameter. */
  readonly efforts: readonly string[]
  /** Accepts values of `temperature` and `top_p` other than 1. */
  readonly sampling: boolean
  readonly stop: boolean
  readonly images: boolean
  /** With function tools, it requires an effort of `none`. */
  readonly noEffortWithTools?: boolean
}

const plain = { efforts: [], sampling: true, stop: true, images: false } as const
const reasoning = { sampling: false, stop: false, images: true, window: 400_000, maxOutputTokens: 128_000 } as const

export const gpt56: ChatModel = {
  id: 'gpt-5.6',
  ...reasoning,
  efforts: ['none', 'low', 'medium', 'high', 'xhigh'],
  noEffortWithTools: true,
}

export const openAiModels: readonly ChatModel[] = [
  { id: 'gpt-4.1', ...plain, images: true, window: 1_047_576, maxOutputTokens: 32_768 },
  { id: 'gpt-4.1-mini', ...plain, images: true, window: 1_047_576, maxOutputTokens: 32_768 },
  { id: 'gpt-5', ...reasoning, efforts: ['minimal', 'low', 'medium', 'high'] },
  { id: 'gpt-5.1', ...reasoning, efforts: ['none', 'low', 'medium', 'high'] },
  gpt56,
]

export const deepSeekModels: readonly ChatModel[] = [
  { id: 'deepseek-chat', ...plain, window: 131_072, maxOutputTokens: 65_536 },
  { id: 'deepseek-reasoner', ...plain, window: 131_072, maxOutputTokens: 65_536 },
]

export const kimiModels: readonly ChatModel[] = [
  { id: 'kimi-k2.5', ...plain, sampling: false, images: true, window: 262_144, maxOutputTokens: 262_144 },
  { id: 'kimi-k2-0905-preview', ...plain, window: 262_144, maxOutputTokens: 262_144 },
]

export const mistralModels: readonly ChatModel[] = [
  { id: 'mistral-medium-latest', ...plain, images: true, window: 131_072, maxOutputTokens: 131_072 },
  { id: 'mistral-small-latest', ...plain, images: true, window: 131_072, maxOutputTokens: 131_072 },
  { id: 'magistral-medium-latest', ...plain, images: true, window: 131_072, maxOutputTokens: 131_072 },
]

export const nebiusModels: readonly ChatModel[] = [
  { id: 'zai-org/GLM-4.5', ...plain, window: 131_072, maxOutputTokens: 131_072 },
  { id: 'Qwen/Qwen2.5-VL-72B-Instruct', ...plain, images: true, window: 131_072, maxOutputTokens: 32_768 },
]

export const openRouterModels: readonly ChatModel[] = [
  { id: 'anthropic/claude-sonnet-4.6', ...plain, images: true, window: 1_000_000, maxOutputTokens: 128_000 },
  { id: 'qwen/qwen3-coder', ...plain, window: 262_144, maxOutputTokens: 262_144 },
]

const local = { window: 131_072, maxOutputTokens: 131_072 } as const

export const vllmModels: readonly ChatModel[] = [{ id: 'Qwen/Qwen3-32B', ...plain, ...local }]
export const llamaCppModels: readonly ChatModel[] = [{ id: 'gpt-oss-20b', ...plain, ...local }]
export const lmStudioModels: readonly ChatModel[] = [{ id: 'qwen/qwen3-8b', ...plain, ...local }]
export const ollamaModels: readonly ChatModel[] = [
  { id: 'qwen3:8b', ...plain, ...local },
  { id: 'gemma3:12b', ...plain, images: true, ...local },
]
