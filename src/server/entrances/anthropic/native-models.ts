import { attempt } from '../../../base/attempt.ts'
import { errorTypeOf, GatewayError, isErrorType } from '../../../base/errors.ts'
import { isObject, type Json, objectsIn, parseObject } from '../../../base/json.ts'
import type { OpenAiNames } from '../../../models/openai-names.ts'
import type { NativeResponse } from '../../../upstreams/upstream.ts'
import type { RequestTarget } from '../../http/request-target.ts'
import { withOpenAiMembers } from '../openai/model-object.ts'
import { toNativeCatalog } from '../openai/native-catalog.ts'
import { modelNotFound } from './models.ts'
import { isListedModel, type NativeAccess } from './native-access.ts'

/**
 * The upstream's list of models, with an entry for each alias of the model map, and in a form that OpenAI's clients can
 * read, too (AU-P4, OE-M1).
 */

const listPath = '/v1/models'
const successStatus = 200
const firstFailureStatus = 400
/** Anthropic's own value for a date that it does not know. */
const unknownDate = '1970-01-01T00:00:00Z'
/** OpenAI's protocol has no pages: its clients get all models. */
const everything = '?limit=1000'

/** What is known about a request for models. */
export interface ModelsClient {
  /** The request came by a path of OpenAI's protocol, whose errors have another form. */
  readonly isOfOpenAi: boolean
  /** Absent if the server does not serve OpenAI's API. */
  readonly names: OpenAiNames | undefined
  readonly access: NativeAccess
}

/** A request for models whose answer is rebuilt. */
export interface ModelsRequest {
  /** Names a model of the upstream in place of an alias. */
  readonly target: RequestTarget
  /** The name that the client sent instead of the model's. */
  readonly alias: string | undefined
  readonly access: NativeAccess
  /** The client does not speak Anthropic's protocol. */
  readonly isForOpenAi: boolean
  readonly isOfOpenAi: boolean
  /** Codex asks for its own catalog. */
  readonly wantsCatalog: boolean
}

const decoded = (text: string): string => attempt(() => decodeURIComponent(text)) ?? text

/**
 * `/openai/v1/models/x` is `/v1/models/x`: the upstream has no other spelling. `names`: of an OpenAI client, whose name of
 * a model may begin with a provider's, and have an escaped slash (OE-M4). Throws a 404 for an unknown provider.
 */
export const toUpstreamTarget = ({ path, query }: RequestTarget, names?: OpenAiNames): RequestTarget => {
  const upstreamPath = path.replace(/^(?:\/openai(?:\/v1)?)?(?=\/models(?:\/|$))/, '/v1')
  const requested = decoded(/^\/v1\/models\/(.+?)\/?$/.exec(upstreamPath)?.[1] ?? '')
  if (names === undefined || !requested.includes('/')) return { path: upstreamPath, query }
  const id = names.find(requested)?.model.id
  if (id === undefined || id.includes('/')) throw modelNotFound(requested)
  return { path: `${listPath}/${encodeURIComponent(id)}`, query }
}

/** Anthropic's pages, if the client wants them. */
const pagedQuery = (query: string): string => {
  const given = new URLSearchParams(query)
  const isPaged = ['limit', 'before_id', 'after_id'].some((name) => given.has(name))
  given.delete('client_version')
  return isPaged ? `?${given}` : everything
}

/** Returns undefined for a request whose answer is forwarded unchanged. Throws a 404 for a model of other clients. */
export const modelsRequest = (
  { method, headers }: Request,
  target: RequestTarget,
  { isOfOpenAi, names, access }: ModelsClient,
): ModelsRequest | undefined => {
  const { modelMap } = access
  const isForOpenAi = isOfOpenAi || !headers.has('anthropic-version')
  const isRebuilt = isForOpenAi || modelMap.size > 0 || access.client?.models !== undefined
  if (method !== 'GET' || !isRebuilt) return undefined
  const wantsCatalog = isOfOpenAi && new URLSearchParams(target.query).has('client_version')
  const request = { target, alias: undefined, access, isForOpenAi, isOfOpenAi, wantsCatalog }
  const [name] = /[^/]+(?=\/?$)/.exec(target.path.slice(listPath.length)) ?? []
  if (name === undefined)
    return isOfOpenAi ? { ...request, target: { path: listPath, query: pagedQuery(target.query) } } : request
  const alias = decoded(name)
  const mapped = modelMap.get(alias)
  const model = mapped ?? (isOfOpenAi ? names?.find(alias)?.model.id : undefined)
  if (!isListedModel(access, alias, model)) throw modelNotFound(alias)
  if (model === undefined) return request
  const path = `${listPath}/${encodeURIComponent(model)}`
  return { ...request, target: { ...target, path }, alias: mapped === undefined ? undefined : alias }
}

/** Aliases come after all models, so only on the last page. Cursors stay the upstream's own. */
const toList = (list: Json, { access, isForOpenAi, wantsCatalog }: ModelsRequest): Json => {
  const models = objectsIn(list['data'])
  const entryOf = (id: string): Json =>
    models.find((model) => model['id'] === id) ?? { type: 'model', display_name: id, created_at: unknownDate }
  const aliases =
    list['has_more'] === true ? [] : [...access.modelMap].map(([id, model]) => ({ ...entryOf(model), id }))
  const data = [...models, ...aliases].filter(({ id }: Json) => typeof id !== 'string' || isListedModel(access, id))
  if (!isForOpenAi) return { ...list, data }
  return {
    object: 'list',
    ...list,
    data: data.map((entry: Json) => withOpenAiMembers(entry)),
    ...(wantsCatalog && { models: toNativeCatalog(data) }),
  }
}

const toModel = (model: Json, { alias, isForOpenAi }: ModelsRequest): Json => {
  const named: Json = alias === undefined ? model : { ...model, id: alias }
  return isForOpenAi ? withOpenAiMembers(named) : named
}

/** The upstream's failure, for clients that do not read its form. */
const toFailure = (status: number, body: string): GatewayError => {
  const error = parseObject(body)?.['error']
  const { type, message } = isObject(error) ? error : {}
  return new GatewayError(
    isErrorType(type) ? type : errorTypeOf(status),
    typeof message === 'string' && message !== '' ? message : `The upstream answered ${status} without a message.`,
    { status, reason: `The upstream answered ${status}.` },
  )
}

const bytesOf = async (body: NativeResponse['body'] = new Uint8Array()): Promise<Uint8Array> =>
  body instanceof Uint8Array ? body : Buffer.concat(await Array.fromAsync(body))

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** Rebuilds a successful answer. Throws a failure for clients that do not read the upstream's form. */
export const toModelsAnswer = async (answer: NativeResponse, request: ModelsRequest): Promise<NativeResponse> => {
  const { status, body } = answer
  if (request.isOfOpenAi && status >= firstFailureStatus) throw toFailure(status, textOf(await bytesOf(body)))
  if (status !== successStatus || body === undefined) return answer
  const received = await bytesOf(body)
  const models = parseObject(textOf(received))
  const rebuilt = models && ('data' in models ? toList(models, request) : toModel(models, request))
  return { ...answer, body: rebuilt === undefined ? received : new TextEncoder().encode(JSON.stringify(rebuilt)) }
}
