import type { Elysia } from 'elysia'
import { GatewayError, invalidRequest } from '../../base/errors.ts'
import { clientSpelling, type ModelResolver, type NexusModel } from '../../gateway/models.ts'
import { methodNotAllowed } from '../method-not-allowed.ts'

interface ModelInfo {
  readonly type: 'model'
  readonly id: string
  readonly display_name: string
  readonly description: string
  readonly created_at: string
  readonly max_input_tokens: number
  readonly max_tokens: number
}

const toModelInfo = (model: NexusModel, id: string): ModelInfo => ({
  type: 'model',
  id,
  display_name: model.displayName,
  description: model.description,
  created_at: model.createdAt,
  max_input_tokens: model.maxInputTokens,
  max_tokens: model.maxOutputTokens,
})

/** Anthropic's own page sizes. */
const defaultLimit = 20
const maximumLimit = 1000

const limitOf = (value: string | undefined): number => {
  if (value === undefined) return defaultLimit
  const limit = Number(value)
  if (Number.isInteger(limit) && limit >= 1 && limit <= maximumLimit) return limit
  throw invalidRequest(['limit'], `Input should be an integer from 1 to ${maximumLimit}`)
}

interface PageQuery {
  readonly limit?: string
  readonly after_id?: string
  readonly before_id?: string
}

const indexOf = (all: readonly ModelInfo[], id: string, name: string): number => {
  const index = all.findIndex((model) => model.id === id)
  if (index === -1) throw invalidRequest([name], 'no such model')
  return index
}

const toPage = (all: readonly ModelInfo[], query: PageQuery) => {
  const limit = limitOf(query.limit)
  const before = query.before_id === undefined ? all.length : indexOf(all, query.before_id, 'before_id')
  const after = query.after_id === undefined ? 0 : indexOf(all, query.after_id, 'after_id') + 1
  const range = all.slice(after, before)
  const data = query.before_id === undefined ? range.slice(0, limit) : range.slice(-limit)
  return { data, has_more: data.length < range.length, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null }
}

/** `GET /v1/models`: each model under the spelling Claude Code knows, then under Nexus's own. */
export const modelsRoutes = (models: readonly NexusModel[], resolver: ModelResolver) => {
  const all = models.flatMap((model) => [toModelInfo(model, clientSpelling(model.id)), toModelInfo(model, model.id)])
  return (app: Elysia) =>
    app
      .get('/v1/models', ({ query }) => toPage(all, query))
      .get('/v1/models/:id', ({ params }) => {
        // The router gives null for what it cannot decode, whatever its types say.
        const id = params.id ?? ''
        const model = resolver.find(id)?.model
        if (model === undefined) throw new GatewayError('not_found_error', `model: ${id.slice(0, 200)}`)
        return toModelInfo(model, id === model.id ? id : clientSpelling(model.id))
      })
      .all('/v1/models', methodNotAllowed('GET', 'HEAD'))
      .all('/v1/models/:id', methodNotAllowed('GET', 'HEAD'))
}
