import type { GatewayError } from '../../base/errors.ts'
import { networkKey } from '../../base/ip-range.ts'
import type { Endpoint } from '../endpoint.ts'
import type { RunningRequest } from '../running-requests.ts'
import type { ClientIdentity } from './access.ts'
import { ownNameOf } from './budgets.ts'
import type { LimitHeaders } from './limit-headers.ts'

/** One request in front of the limits. */
export interface LimitedRequest {
  readonly method: string
  readonly endpoint: Endpoint
  readonly client: ClientIdentity | undefined
  /** The address of the client; undefined where it is not known. */
  readonly address: () => string | undefined
  readonly running: RunningRequest
}

/** What the limits say to a request. */
export interface Admission {
  /** Of the answer, also of a refusal. */
  readonly headers: LimitHeaders
  /** Only of a successful answer. */
  readonly answerHeaders?: LimitHeaders
  readonly refusal?: GatewayError
}

/** A client by its own name, otherwise by its network. */
export const keyOf = ({ client, address }: LimitedRequest): string => {
  const name = ownNameOf(client)
  return name === undefined ? (networkKey(address() ?? '') ?? '') : `client:${name}`
}
