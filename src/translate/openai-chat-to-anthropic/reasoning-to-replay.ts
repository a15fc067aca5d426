import { type Json, objectsIn } from '../../base/json.ts'
import { encodeReasoningCarrier } from '../reasoning-carrier.ts'
import type { ChatResponseContext } from './response-context.ts'

/** Kinds of details whose text comes in pieces. */
const textMembers: ReadonlyMap<unknown, 'text' | 'summary'> = new Map([
  ['reasoning.text', 'text'],
  ['reasoning.summary', 'summary'],
] as const)

const joinTexts = (left: unknown, right: unknown): unknown =>
  typeof left === 'string' && typeof right === 'string' ? left + right : (left ?? right)

/** Two pieces of one detail as one: its text is appended, of the other members the first value stays. */
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
 * Reasoning that the provider wants back unaltered (OU-Q99, Q101): it travels in the signature of a thinking block, which
 * clients give back as it is.
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

  /** Adds details: whole ones as they are; pieces of one text, as a stream has them, become one detail again. */
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

  /** The signature for what has been added since the last time; empty where there is nothing to carry. */
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
