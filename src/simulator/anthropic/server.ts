import { isObject, type Json } from '../../base/json.ts'
import { type Exchange, type ServeOptions, type Simulator, serveSimulator } from '../exchange.ts'
import type { HttpError } from '../reply.ts'
import { type ApiCall, jsonOf } from './call.ts'
import { betasOf } from './credentials.ts'
import { createRoutes } from './endpoints.ts'
import { admit, decoded } from './gate.ts'
import { newRequestId } from './ids.ts'
import { createMessages } from './messages.ts'
import { type ApiModel, apiModels } from './models.ts'
import { commonHeaders, limitHeaders, withHeaders } from './response-headers.ts'
import type { CheckedBody } from './rule.ts'
import { authorizePath, createTokenService, type TokenServiceOptions, tokenPath } from './token-service.ts'
import type { TokenStore } from './token-store.ts'
import { errorResponse } from './wire-errors.ts'

export interface AnthropicSimulatorOptions extends ServeOptions<CheckedBody> {
  /** The only accepted API keys; undefined accepts any key. */
  readonly apiKeys?: readonly string[]
  /** Settings of its own OAuth endpoints. */
  readonly oauth?: TokenServiceOptions
  /** Accepts the access tokens of this store, instead of those of its own OAuth endpoints. */
  readonly tokens?: TokenStore
  readonly models?: readonly ApiModel[]
  /** The first model serves unknown model names. */
  readonly isAnyModelServed?: boolean
  /** An error instead of any other answer, for any path of the API. */
  readonly outage?: (request: Request) => HttpError | undefined
}

export interface AnthropicSimulator extends Simulator {
  readonly tokenUrl: string
  readonly authorizeUrl: string
  readonly tokens: TokenStore
}

/** The words of an endpoint's refusal. */
const refusalIn = async (response: Response): Promise<{ readonly refusal?: string }> => {
  if (response.ok) return {}
  const body = (await response.clone().json()) as { readonly error: { readonly message: string } }
  return { refusal: body.error.message }
}

/** Starts a server that speaks Anthropic's API: it refuses what the API refuses, and answers from a scenario. */
export const startAnthropicSimulator = (options: AnthropicSimulatorOptions = {}): AnthropicSimulator => {
  const { models = apiModels, isAnyModelServed = false, outage, apiKeys } = options
  const oauth = createTokenService(options.oauth)
  const tokens = options.tokens ?? oauth.store
  const messages = createMessages({ models, isAnyModelServed }, options.scenario)
  const routes = createRoutes(models, messages)

  const answer = async (request: Request, requestId: string): Promise<Exchange<CheckedBody>> => {
    const bytes = new Uint8Array(await request.arrayBuffer())
    const { headers } = request
    const call: ApiCall = { headers, url: new URL(request.url), bytes: decoded(bytes, headers), id: '', requestId }
    const body = jsonOf(call)
    const known: Json = isObject(body) ? body : {}
    const modelId = typeof known['model'] === 'string' ? known['model'] : undefined
    const head = { modelId, isStream: known['stream'] === true, body, bytes }
    const own = commonHeaders(requestId)
    const refused = (error: HttpError) => {
      const { message = '' } = error
      return { refusal: message, response: withHeaders(errorResponse(error, requestId), own) }
    }

    const admitted = outage?.(request) ?? admit(request, bytes, routes, { apiKeys, tokens })
    if ('status' in admitted) return { ...head, ...refused(admitted) }
    const { route, id, credential } = admitted
    if (route.endpoint !== undefined) {
      const response = withHeaders(await route.endpoint({ ...call, id }), own)
      return { ...head, credential, response, ...(await refusalIn(response)) }
    }
    const validated = messages.validate(body, betasOf(headers))
    if ('refusal' in validated) return { ...head, credential, ...refused(validated.refusal) }
    const limited = { ...own, ...limitHeaders(credential) }
    return { ...head, credential, ...messages.scripted(validated, requestId, limited) }
  }

  const simulator = serveSimulator(options, async (request) => {
    const requestId = newRequestId()
    const granted = await oauth.answer(request, requestId)
    return granted === undefined ? answer(request, requestId) : { modelId: undefined, isStream: false, ...granted }
  })
  return {
    ...simulator,
    tokenUrl: `${simulator.url}${tokenPath}`,
    authorizeUrl: `${simulator.url}${authorizePath}`,
    tokens,
  }
}
