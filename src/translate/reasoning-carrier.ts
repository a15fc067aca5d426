import { parseExact } from '../base/exact-json.ts'
import { isObject, type Json, objectsIn, parseObject } from '../base/json.ts'

/** Reasoning in the signature of a thinking block (OU-Q90). Clients send a signature back unchanged. */
export interface ReasoningCarrier {
  /** The dialect's id: no other provider gets the details. */
  readonly p: string
  /** `reasoning_details`. */
  readonly d: readonly Json[]
  /** Tokens by the client's ids of tool calls. */
  readonly t: Readonly<Record<string, string>>
}

const prefix = 'ou1.'
/** Clients keep 20 KB unchanged. The limit is there because every later request sends the data again. */
const maximumLength = 64 * 1024

/** Whether this program made a signature. Anthropic's models cannot use it. */
export const isReasoningCarrier = (signature: string): boolean => signature.startsWith(prefix)

/** Returns the signature; undefined if it is too long. */
export const encodeReasoningCarrier = (carrier: ReasoningCarrier): string | undefined => {
  const signature = prefix + Buffer.from(JSON.stringify(carrier)).toString('base64url')
  return signature.length > maximumLength ? undefined : signature
}

/** The data in a signature; undefined if this program did not make it, or a client has changed it. */
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
