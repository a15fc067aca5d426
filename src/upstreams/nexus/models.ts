import type { Model, ModelCatalog } from '../../models/model.ts'

const sonnet: Model = {
  id: 'claude-sonnet-4.6',
  family: 'sonnet',
  displayName: 'Claude Sonnet 4.6',
  description: 'Fast and capable: the everyday model',
  createdAt: '2026-02-17T00:00:00Z',
  maxInputTokens: 200_000,
  maxOutputTokens: 128_000,
}

const opus: Model = {
  id: 'claude-opus-4.6',
  family: 'opus',
  displayName: 'Claude Opus 4.6',
  description: 'The strongest: hard problems and long work',
  createdAt: '2026-02-05T00:00:00Z',
  maxInputTokens: 200_000,
  maxOutputTokens: 128_000,
}

const haiku: Model = {
  id: 'claude-haiku-4.5',
  family: 'haiku',
  displayName: 'Claude Haiku 4.5',
  description: 'The quickest: small tasks and side work',
  createdAt: '2025-10-15T00:00:00Z',
  maxInputTokens: 200_000,
  maxOutputTokens: 64_000,
}

/** The models that AI Nexus serves. To add a model, add one entry here. */
export const nexusModels: ModelCatalog = { models: [sonnet, opus, haiku], defaults: { sonnet, opus, haiku } }
