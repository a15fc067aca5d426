import { type Static, Type } from '@sinclair/typebox'
import type { Elysia } from 'elysia'
import { GatewayError, invalidRequest } from '../../../base/errors.ts'
import type { ClientIdentity } from '../../../gateway/policy/access.ts'
import { mayUse, toRequested } from '../../../gateway/policy/model-access.ts'
import type { Model } from '../../../models/model.ts'
import { clientNameOf, type ModelResolver } from '../../../models/resolver.ts'
import { Open } from '../../../wire/schema.ts'
import { methodNotAllowed } from '../../http/method-not-allowed.ts'
import { toRouteSchema } from '../../http/route-schema.ts'
import { type ModelInfo, type OwnFeatures, toModelInfo } from './model-info.ts'

/** Elysia turns a parameter with commas, or one that occurs twice, into a list. */
const Stages = Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())]))
const ListQuery = Open({
  limit: Type.Optional(Type.String()),
  before_id: Type.Optional(Type.String()),
  after_id: Type.Optional(Type.String()),
  lifecycle: Stages,
  'lifecycle[]': Stages,
})
export type ListQuery = Static<typeof ListQuery>
export const listQuery = toRouteSchema(ListQuery)

/** Anthropic's own page sizes. */
const defaultLimit = 20
const maximumLimit = 1000

const limitOf = (value: string | undefined): number => {
  if (value === undefined) return defaultLimit
  const limit = Number(value)
  if (Number.isInteger(limit) && limit >= 1 && limit <= maximumLimit) return limit
  throw invalidRequest(['limit'], `Input should be an integer from 1 to ${maximumLimit}`)
}

const lifecycles: readonly string[] = ['active', 'deprecated', 'retired']

/** Throws a 400 for an unknown stage. */
const isListed = ({ lifecycle }: ModelInfo, stages: readonly string[]): boolean => {
  const unknown = stages.findIndex((stage) => !lifecycles.includes(stage))
  if (unknown !== -1)
    throw invalidRequest(['lifecycle', unknown], "Input should be 'active', 'deprecated' or 'retired'")
  return stages.length === 0 || stages.includes(lifecycle)
}

/** One page of the list; a cursor may be any name of a model. Throws a 400 for a query that is not valid. */
export const toPage = <Info extends ModelInfo>(models: readonly Info[], resolver: ModelResolver, query: ListQuery) => {
  const stages = [query['lifecycle[]'] ?? [], query.lifecycle ?? []].flat()
  const listed = models.filter((info) => isListed(info, stages))
  const indexOf = (name: 'before_id' | 'after_id'): number | undefined => {
    const cursor = query[name]
    if (cursor === undefined) return undefined
    const model = resolver.find(cursor)?.model
    const index = listed.findIndex(({ id }) => model !== undefined && id === clientNameOf(model))
    if (index === -1) throw invalidRequest([name], 'no such model')
    return index
  }
  const limit = limitOf(query.limit)
  const before = indexOf('before_id')
  const range = listed.slice((indexOf('after_id') ?? -1) + 1, before)
  const data = before === undefined ? range.slice(0, limit) : range.slice(-limit)
  return { data, has_more: data.length < range.length, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null }
}

/** The newest first. */
export const listedModels = ({ models }: ModelResolver): readonly Model[] =>
  models.toSorted((left, right) => right.createdAt.localeCompare(left.createdAt))

export const modelNotFound = (id: string): GatewayError =>
  new GatewayError('not_found_error', `model: ${id.slice(0, 200)}`, {
    code: 'model_not_found',
    reason: 'model: not found',
  })

/** `GET /v1/models`, each model once and the newest first; `GET /v1/models/{id}`, which accepts any name of a model. */
export const modelsRoutes = (
  resolver: ModelResolver,
  features: OwnFeatures,
  clientOf: (request: Request) => ClientIdentity | undefined = () => undefined,
) => {
  const infoOf = (model: Model, id: string): ModelInfo => toModelInfo(model, id, features)
  const listed = listedModels(resolver).map((model) => ({ model, info: infoOf(model, clientNameOf(model)) }))
  const infosFor = (request: Request): ModelInfo[] =>
    listed.filter(({ model }) => mayUse(clientOf(request), toRequested(model))).map(({ info }) => info)
  return (app: Elysia) =>
    app
      .get('/v1/models', ({ query, request }) => toPage(infosFor(request), resolver, query), { query: listQuery })
      .get('/v1/models/:id', ({ params, request }) => {
        // The router returns null for a parameter that it cannot decode, contrary to its types.
        const id = params.id ?? ''
        const model = resolver.find(id)?.model
        if (model === undefined || !mayUse(clientOf(request), toRequested(model, id))) throw modelNotFound(id)
        return infoOf(model, id === model.id ? id : clientNameOf(model))
      })
      .all('/v1/models', methodNotAllowed('GET', 'HEAD'))
      .all('/v1/models/:id', methodNotAllowed('GET', 'HEAD'))
}
