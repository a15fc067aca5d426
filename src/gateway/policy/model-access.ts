import { GatewayError } from '../../base/errors.ts'
import { isAllowedModel, type RequestedModel } from '../../models/allowed-models.ts'
import type { Model } from '../../models/model.ts'
import { clientNameOf } from '../../models/resolver.ts'
import type { ClientIdentity } from './access.ts'

/** Which models a client may use (OP-A6). */

type Client = ClientIdentity | undefined

/** No model has a longer name. */
const shownCharacters = 200

/** A 403 that names the allowed models. The log gets `reason`, because `what` may quote the client. */
export const modelRefusal = ({ name, models = [] }: ClientIdentity, what: string, reason = what): GatewayError => {
  const allowed = `Client '${name}' may use: ${models.join(', ')}.`
  return new GatewayError('permission_error', `${what} ${allowed}`, {
    shouldRetry: false,
    code: 'model_not_found',
    reason: `${reason} ${allowed}`,
  })
}

export const mayUse = (client: Client, model: RequestedModel): boolean =>
  client?.models === undefined || isAllowedModel(client.models, model)

/** `requested`: the name in a request, if it was found by one. */
export const toRequested = (model: Model, ...requested: readonly string[]): RequestedModel => ({
  requested,
  served: [model.id, clientNameOf(model)],
})

/** Throws a 403. */
export const checkModelAccess = (client: Client, model: RequestedModel): void => {
  if (client === undefined || mayUse(client, model)) return
  const name = model.requested[0] ?? ''
  throw modelRefusal(client, `model: ${name.slice(0, shownCharacters)} is not allowed.`, 'model: not allowed.')
}
