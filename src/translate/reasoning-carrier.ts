import { parseExact } from '../base/exact-json.ts'
import { isObject, type Json, objectsIn, parseObject } from '../base/json.ts'

/** Reasoning in the signature of a thinking block (OU-Q90). Clients give a signature back as it is. */
export interface ReasoningCarrier {
  /** The dialect's id: no other provider gets the details. */
  readonly p: string
  /** `reasoning_details`. */
  readonly d: readonly Json[]
  /** Tokens by the client's ids of tool calls. */
  readonly t: Readonly<Record<string, string>>
}

const prefix = 'ou1.'
/** Clients keep 20 KB without a change; every request has to carry it again. */
const maximumLength = 64 * 1024

/** Whether a signature is one of ours. It means nothing to Anthropic's models. */
export const isReasoningCarrier = (signature: string): boolean => signature.startsWith(prefix)

/** The signature; undefined where it is too long. */
export const encodeReasoningCarrier = (carrier: ReasoningCarrier): string | undefined => {
  const signature = prefix + Buffer.from(JSON.stringify(carrier)).toString('base64url')
  return signature.length > maximumLength ? undefined : signature
}

/** What a signature carries; undefined for one that is not ours, or that a client has changed. */
export const decodeReasoningCarrier = (signature: string): ReasoningCarrier | undefined => {
  if (!isReasoningCarrier(signature)) return undefined
  const carrier = parseObject(Buffer.from(signature.slice(prefix.length), 'base64url').toString(), parseExact)
  if (carrier === undefined || typeof carrier['p'] !== 'string') return undefined
  const tokens = isObject(carrier['t']) ? Object.entries(carrier['t']) : []
  return {
    p: carrier['p'],
    d: objectsIn(carrier['d']),
    t: Object.fromEntries(tokens.filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
  }
}
