/** The servers that the simulator can imitate. The first one, `strict`, is OpenAI. */
export const faceNames = [
  'strict',
  'gpt-5.6',
  'deepseek',
  'kimi',
  'mistral',
  'nebius',
  'openrouter',
  'vllm',
  'llamacpp',
  'lmstudio',
  'ollama',
] as const

export type FaceName = (typeof faceNames)[number]
