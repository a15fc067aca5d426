import { Elysia } from 'elysia'
import { attempt } from '../../../base/attempt.ts'
import { mayUse, toRequested } from '../../../gateway/policy/model-access.ts'
import { parseModelName } from '../../../messages/model-name.ts'
import type { Model } from '../../../models/model.ts'
import type { OpenAiNames } from '../../../models/openai-names.ts'
import { clientNameOf, type ModelResolver } from '../../../models/resolver.ts'
import { capabilitiesOf } from '../../../translate/capabilities/table.ts'
import { methodNotAllowed } from '../../http/method-not-allowed.ts'
import type { ScopeOf } from '../../http/request-scope.ts'
import { anthropicEntrance } from '../anthropic/entrance.ts'
import { type ModelInfo, type OwnFeatures, toModelInfo } from '../anthropic/model-info.ts'
import { type ListQuery, listedModels, listQuery, modelNotFound, toPage } from '../anthropic/models.ts'
import { type CatalogModel, modelSpellings, toCatalog } from './catalog.ts'
import { withOpenAiMembers } from './model-object.ts'

/** The list of models, and single models, in one object for both protocols. */

export interface OpenAiModelsOptions {
  readonly models: ModelResolver
  readonly names: OpenAiNames
  readonly scopeOf: ScopeOf
  readonly features: OwnFeatures
}

const isClaude = ({ id }: Model): boolean => parseModelName(id) !== undefined

/** The owner of another model is not known here. */
const withOwner = (info: ModelInfo, model: Model) => withOpenAiMembers(info, isClaude(model) ? 'anthropic' : 'system')

/** A model with a budget for thinking gets one from the effort. The levels of other models are not known here. */
const translatedEfforts = ['low', 'medium', 'high'] as const

const effortsOf = (model: Model): readonly string[] => {
  if (!isClaude(model)) return translatedEfforts
  const { effort, thinking } = capabilitiesOf(model.id)
  if (effort.length > 0) return effort
  return thinking.length > 0 ? translatedEfforts : []
}

/** Codex looks the configured name up, in the user's spelling. */
const slugsOf = (model: Model): ReadonlySet<string> => {
  const name = clientNameOf(model)
  return new Set([...(parseModelName(name) === undefined ? [name] : modelSpellings(name)), model.id])
}

const toCatalogModels = (model: Model): CatalogModel[] =>
  [...slugsOf(model)].map((slug) => ({
    slug,
    displayName: model.displayName,
    description: model.description,
    contextWindow: model.maxInputTokens,
    efforts: effortsOf(model),
    readsImages: true,
  }))

/** A server behind this one may know names that no setting names: our commands configure clients with these. */
const withFamilies = (listed: readonly Model[], models: ModelResolver): readonly Model[] => [
  ...listed,
  ...['opus', 'sonnet', 'haiku'].flatMap((family) => models.find(family)?.model ?? []),
]

/** Each name once, because several names may lead to one model: Codex drops a catalog with the same name twice. */
const catalogOf = (models: readonly Model[]) =>
  toCatalog([...new Map(models.flatMap(toCatalogModels).map((one) => [one.slug, one])).values()])

const pagingMembers = ['limit', 'before_id', 'after_id'] as const

/** OpenAI's protocol has no pages: its clients get all models. */
const everything = '1000'

const withoutPages = (query: ListQuery): ListQuery =>
  pagingMembers.some((name) => query[name] !== undefined) ? query : { ...query, limit: everything }

/** `GET /v1/models` and `GET /v1/models/{id}`, in these spellings. */
export const openAiModelsRoutes = (
  { models, names, scopeOf, features }: OpenAiModelsOptions,
  paths: readonly string[],
) => {
  const toObject = (model: Model, id: string) => withOwner(toModelInfo(model, id, features), model)
  const isOfAnthropic = (request: Request): boolean => scopeOf(request).entrance === anthropicEntrance
  const listed = listedModels(models)
  let infos: ReturnType<typeof toObject>[] | undefined
  const isShown =
    (request: Request) =>
    (model: Model): boolean =>
      mayUse(scopeOf(request).client, toRequested(model))

  const list = (query: ListQuery, request: Request) => {
    // Few clients request the list.
    infos ??= listed.map((model) => toObject(model, clientNameOf(model)))
    const allowed = new Set(listed.filter(isShown(request)).map(clientNameOf))
    const shown = infos.filter(({ id }) => allowed.has(id))
    const page = toPage(shown, models, isOfAnthropic(request) ? query : withoutPages(query))
    return {
      object: 'list',
      ...page,
      ...('client_version' in query && { models: catalogOf(withFamilies(listed, models).filter(isShown(request))) }),
    }
  }
  const one = (id: string, request: Request) => {
    const model = (isOfAnthropic(request) ? models : names).find(id)?.model
    if (model === undefined || !mayUse(scopeOf(request).client, toRequested(model, id))) throw modelNotFound(id)
    return toObject(model, id === model.id ? id : clientNameOf(model))
  }

  const app = new Elysia({ name: 'openai-models', normalize: false })
  for (const path of paths) {
    app
      .get(path, ({ query, request }) => list(query, request), { query: listQuery })
      // The id may have a provider's name and a slash, which some clients do not escape.
      .get(`${path}/*`, ({ params, request }) => one(attempt(() => decodeURIComponent(params['*'])) ?? '', request))
      .all(path, methodNotAllowed('GET', 'HEAD'))
      .all(`${path}/*`, methodNotAllowed('GET', 'HEAD'))
  }
  return app
}
