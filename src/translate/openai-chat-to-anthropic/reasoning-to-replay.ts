import { type Json, objectsIn } from '../../base/json.ts'
import { encodeReasoningCarrier } from '../reasoning-carrier.ts'
import type { ChatResponseContext } from './response-context.ts'

/** Kinds of details whose text arrives in pieces. */
const textMembers: ReadonlyMap<unknown, 'text' | 'summary'> = new Map([
  ['reasoning.text', 'text'],
  ['reasoning.summary', 'summary'],
] as const)

const joinTexts = (left: unknown, right: unknown): unknown =>
  typeof left === 'string' && typeof right === 'string' ? left + right : (left ?? right)

/** Joins two pieces of one detail: appends the text, and keeps the first value of the other members. */
const joined = (left: Json, right: Json, textMember: 'text' | 'summary'): Json => {
  const known = Object.entries(left).filter(([, value]) => value !== null && value !== '')
  return {
    ...left,
    ...right,
    ...Object.fromEntries(known),
    [textMember]: joinTexts(left[textMember], right[textMember]),
  }
}

/**
 * Reasoning that the provider requires back unaltered (OU-Q99, Q101). The signature of a thinking block carries it, and
 * clients send that back unchanged.
 */
export class ReasoningToReplay {
  readonly #provider: string
  readonly #keepsDetails: boolean
  readonly #keepsTokens: boolean
  readonly #onOddity: ((what: string) => void) | undefined
  #details: Json[] = []
  #tokens: Record<string, string> | undefined

  constructor({ dialect, onOddity }: ChatResponseContext) {
    this.#provider = dialect.id
    this.#keepsDetails = dialect.replay === 'details' || dialect.replay === 'details-text'
    this.#keepsTokens = dialect.replay === 'token'
    this.#onOddity = onOddity
  }

  /** Adds details: whole ones unchanged; the pieces of a streamed text become one detail. */
  addDetails(details: unknown, isWhole: boolean): void {
    if (!this.#keepsDetails) return
    for (const detail of objectsIn(details)) {
      if (isWhole) this.#details.push(detail)
      else this.#addPiece(detail)
    }
  }

  /** `callId`: the client's id of the call. */
  addToken(callId: string, token: string): void {
    if (!this.#keepsTokens) return
    this.#tokens ??= {}
    this.#tokens[callId] = token
  }

  /** Returns the signature for all data since the last call; empty if there is none. */
  take(): string {
    if (this.#details.length === 0 && this.#tokens === undefined) return ''
    const signature = encodeReasoningCarrier({ p: this.#provider, d: this.#details, t: this.#tokens ?? {} })
    this.#details = []
    this.#tokens = undefined
    if (signature === undefined) this.#onOddity?.('reasoning too large to send back')
    return signature ?? ''
  }

  #addPiece(detail: Json): void {
    const last = this.#details.at(-1)
    const textMember = textMembers.get(detail['type'])
    const isSame = last !== undefined && last['type'] === detail['type'] && last['index'] === detail['index']
    if (isSame && textMember !== undefined) this.#details[this.#details.length - 1] = joined(last, detail, textMember)
    else this.#details.push(detail)
  }
}
