import type { Model, ModelCatalog, ServedFamily } from '../../src/models/model.ts'
import { clientSpelling, createModelResolver } from '../../src/models/resolver.ts'
import { nexusModels } from '../../src/upstreams/nexus/models.ts'

/** The models of tests, which do not depend on the product's own list. The simulator serves them. */

export const modelOf = (family: ServedFamily, version: string, more: Partial<Model> = {}): Model => ({
  id: `claude-${family}-${version}`,
  family,
  displayName: `Claude ${family} ${version}`,
  description: 'A model.',
  createdAt: '2026-01-01T00:00:00Z',
  maxInputTokens: 200_000,
  maxOutputTokens: family === 'haiku' ? 64_000 : 128_000,
  ...more,
})

/** The last of several models of one family is its default. */
export const catalogOf = (...models: [Model, ...Model[]]): ModelCatalog => {
  const last = (family: ServedFamily): Model => models.findLast((model) => model.family === family) ?? models[0]
  return { models, defaults: { sonnet: last('sonnet'), opus: last('opus'), haiku: last('haiku') } }
}

export const catalog = catalogOf(
  modelOf('sonnet', '4.6', { displayName: 'Claude Sonnet 4.6', createdAt: '2026-02-17T00:00:00Z' }),
  modelOf('opus', '4.6', { displayName: 'Claude Opus 4.6', createdAt: '2026-02-05T00:00:00Z' }),
  modelOf('haiku', '4.5', { displayName: 'Claude Haiku 4.5', createdAt: '2025-10-15T00:00:00Z' }),
)

/** The names in the product's own list, for tests of the commands, which use that list. */
export const productSpellings = nexusModels.models.map(({ id }) => clientSpelling(id))

export const resolver = createModelResolver(catalog, 'claude-sonnet-4.6')
