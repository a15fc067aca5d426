import { attempt } from '../../../base/attempt.ts'
import { type Json, objectsIn, parseObject } from '../../../base/json.ts'
import type { NativeResponse } from '../../../upstreams/upstream.ts'
import type { RequestTarget } from '../../http/request-target.ts'

/**
 * The upstream's list of models, with an entry for each alias of the model map, and in a form that OpenAI's clients can
 * read, too (AU-P4, OE-M1).
 */

const millisecondsPerSecond = 1000
const listPath = '/v1/models'
const successStatus = 200
/** Anthropic's own value for a date that it does not know. */
const unknownDate = '1970-01-01T00:00:00Z'

/** The members of OpenAI's protocol, in addition to Anthropic's. */
const withOpenAiMembers = (entry: Json): Json => {
  const created = Date.parse(String(entry['created_at']))
  return {
    ...entry,
    object: 'model',
    created: Number.isNaN(created) ? 0 : Math.floor(created / millisecondsPerSecond),
    owned_by: 'anthropic',
  }
}

/** A request for models whose answer is rebuilt. */
export interface ModelsRequest {
  /** Names a model of the upstream in place of an alias. */
  readonly target: RequestTarget
  /** The name that the client sent instead of the model's. */
  readonly alias: string | undefined
  readonly modelMap: ReadonlyMap<string, string>
  /** The client does not speak Anthropic's protocol. */
  readonly isForOpenAi: boolean
}

const decoded = (text: string): string => attempt(() => decodeURIComponent(text)) ?? text

/** Returns undefined for a request whose answer is forwarded unchanged. */
export const modelsRequest = (
  { method, headers }: Request,
  target: RequestTarget,
  modelMap: ReadonlyMap<string, string>,
): ModelsRequest | undefined => {
  const isForOpenAi = !headers.has('anthropic-version')
  if (method !== 'GET' || !(isForOpenAi || modelMap.size > 0)) return undefined
  const [name] = /[^/]+(?=\/?$)/.exec(target.path.slice(listPath.length)) ?? []
  const alias = name === undefined ? undefined : decoded(name)
  const model = alias === undefined ? undefined : modelMap.get(alias)
  if (model === undefined) return { target, alias: undefined, modelMap, isForOpenAi }
  return { target: { ...target, path: `${listPath}/${encodeURIComponent(model)}` }, alias, modelMap, isForOpenAi }
}

/** Aliases come after all models, so only on the last page. Cursors stay the upstream's own. */
const toList = (list: Json, { modelMap, isForOpenAi }: ModelsRequest): Json => {
  const models = objectsIn(list['data'])
  const entryOf = (id: string): Json =>
    models.find((model) => model['id'] === id) ?? { type: 'model', display_name: id, created_at: unknownDate }
  const aliases = list['has_more'] === true ? [] : [...modelMap].map(([id, model]) => ({ ...entryOf(model), id }))
  const data = [...models, ...aliases]
  return isForOpenAi ? { object: 'list', ...list, data: data.map(withOpenAiMembers) } : { ...list, data }
}

const toModel = (model: Json, { alias, isForOpenAi }: ModelsRequest): Json => {
  const named = alias === undefined ? model : { ...model, id: alias }
  return isForOpenAi ? withOpenAiMembers(named) : named
}

/** Rebuilds a successful answer. */
export const toModelsAnswer = async (answer: NativeResponse, request: ModelsRequest): Promise<NativeResponse> => {
  const { status, body } = answer
  if (status !== successStatus || body === undefined) return answer
  const received = body instanceof Uint8Array ? body : Buffer.concat(await Array.fromAsync(body))
  const models = parseObject(new TextDecoder().decode(received))
  const rebuilt = models && ('data' in models ? toList(models, request) : toModel(models, request))
  return { ...answer, body: rebuilt === undefined ? received : new TextEncoder().encode(JSON.stringify(rebuilt)) }
}
