import type { Provider } from './provider.ts'
import { cachesByMarkers, templateQuirks } from './shared-quirks.ts'

/** Self-hosted servers, with or without a key. */
const selfHosted = { hosts: [], auth: 'optional' } as const

/** Gateways, and servers for open-weight models. */
export const selfHostedProviders: readonly Provider[] = [
  { id: 'litellm', ...selfHosted, dialect: { ...cachesByMarkers, cacheTtl: true, toolsForHistory: true, pdf: 'file' } },
  { id: 'bifrost', ...selfHosted, dialect: { ...cachesByMarkers, toolsForHistory: true, pdf: 'file' } },
  { id: 'vllm', ...selfHosted, dialect: { topK: true, replay: 'both', prefill: 'continue' }, quirks: templateQuirks },
  { id: 'sglang', ...selfHosted, dialect: { topK: true, replay: 'content' }, quirks: templateQuirks },
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
