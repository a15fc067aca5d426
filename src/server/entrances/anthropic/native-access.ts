import { GatewayError, invalidRequest } from '../../../base/errors.ts'
import { isObject, type Json, objectsIn, parseObject } from '../../../base/json.ts'
import type { ClientIdentity } from '../../../gateway/policy/access.ts'
import { checkModelAccess, mayUse, modelRefusal } from '../../../gateway/policy/model-access.ts'
import type { NativeCall } from '../../../upstreams/upstream.ts'
import type { NativePath } from './native-paths.ts'

/** Checks the models in requests that are forwarded (OP-A6). Parses only requests of clients that may not use all. */

export interface NativeAccess {
  readonly client: ClientIdentity | undefined
  /** Names of clients, and the models that they stand for. */
  readonly modelMap: ReadonlyMap<string, string>
}

const unsupportedType = 415

const utf8 = new TextDecoder()

const requestedModel = ({ modelMap }: NativeAccess, name: string, model = modelMap.get(name) ?? name) => ({
  requested: [name],
  served: [model],
})

/** Whether a list of models has this one. `model`: what the name stands for, if it is not an alias of the map. */
export const isListedModel = (access: NativeAccess, name: string, model?: string): boolean =>
  mayUse(access.client, requestedModel(access, name, model))

const readBody = (client: ClientIdentity, headers: Headers, body: Uint8Array): Json => {
  if (headers.has('content-encoding'))
    throw new GatewayError(
      'invalid_request_error',
      `Send the request without compression: client '${client.name}' may not use all models, so the server reads the name of the model.`,
      { status: unsupportedType, shouldRetry: false, isLoggable: true },
    )
  const request = parseObject(utf8.decode(body))
  if (request === undefined) throw invalidRequest([], 'The body must be a JSON object.')
  return request
}

/** Throws a 403 for a path whose requests this server does not read. */
export const checkPathAccess = ({ client }: NativeAccess, { hidesModels }: NativePath): void => {
  if (client?.models === undefined || !hidesModels) return
  throw modelRefusal(client, 'This server does not read the models in requests to this path.')
}

/** The models that the upstream may use in place of a request's own. What is not a name is not allowed either. */
const fallbackModels = (value: unknown): string[] =>
  value === undefined || value === null
    ? []
    : [value].flat().map((fallback) => String(isObject(fallback) ? fallback['model'] : fallback))

/** The model of the request, its fallbacks, and those of tools that call a model. Throws a 403, and a 400 without a model. */
export const checkBodyAccess = (
  access: NativeAccess,
  { operation }: NativePath,
  headers: Headers,
  body: NativeCall['body'],
): void => {
  const { client } = access
  if (client?.models === undefined || operation === undefined) return
  const request = body instanceof Uint8Array ? readBody(client, headers, body) : {}
  const { model } = request
  if (typeof model !== 'string') throw invalidRequest(['model'], 'Field required')
  const ofTools = objectsIn(request['tools']).flatMap((tool) =>
    typeof tool['model'] === 'string' ? tool['model'] : [],
  )
  for (const name of [model, ...fallbackModels(request['fallbacks']), ...ofTools])
    checkModelAccess(client, requestedModel(access, name))
}
