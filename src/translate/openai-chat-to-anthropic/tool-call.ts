import { parseObject } from '../../base/json.ts'
import type { ChatToolCall } from '../../wire/openai-chat/response.ts'
import { JsonObjectScan } from './json-object-scan.ts'

/** A piece of a tool call, whatever its form. Texts are empty where the piece says nothing of them. */
export interface CallPiece {
  readonly id: string
  readonly name: string
  readonly arguments: string
  /** Gemini's token (OU-Q101). */
  readonly token: string
  /** The input is any text: a custom tool's. */
  readonly isCustom: boolean
}

const stringIn = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Arguments are JSON text; some servers send the object itself (OU-S10). */
const argumentsText = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : stringIn(value)

export const toCallPiece = (call: ChatToolCall): CallPiece => {
  const { custom } = call
  const isCustom = typeof custom === 'object' && custom !== null
  return {
    id: stringIn(call.id),
    name: stringIn(isCustom ? custom.name : call.function?.name),
    arguments: isCustom ? stringIn(custom.input) : argumentsText(call.function?.arguments),
    token: stringIn(call.extra_content?.google?.thought_signature),
    isCustom,
  }
}

/** Says nothing: some servers close a call with such a piece. */
export const isEmptyPiece = ({ id, name, arguments: input, token }: CallPiece): boolean =>
  id === '' && name === '' && input === '' && token === ''

/** Arguments that do not begin with a brace: the text of the object that they encode, if they encode one (OU-A7). */
const normalized = (text: string): string => {
  try {
    const value: unknown = JSON.parse(text)
    if (value === null || value === '') return '{}'
    return typeof value === 'string' && parseObject(value) !== undefined ? value : text
  } catch {
    return text
  }
}

/**
 * Pieces of a tool call put together (OU-S9, OU-S10). Arguments are given out as they come, but for those that do not begin
 * as an object: they are held until the end.
 */
export class ToolCall {
  /** The upstream's id. */
  id = ''
  /** Index within the whole response; undefined where the upstream sends none. */
  index: number | undefined
  /** The client's id, once its block has begun. */
  clientId = ''
  name = ''
  token = ''
  /** `heldBack`: the client does not get it. */
  state: 'waiting' | 'open' | 'closed' | 'heldBack' = 'waiting'
  #arguments = ''
  /** The end of the arguments that has not been given out. */
  #rest = ''
  #hasGivenOut = false
  #form: 'blank' | 'object' | 'other' = 'blank'
  #isCustom = false
  #scan = new JsonObjectScan()
  /** What a parser said of the arguments when they were closed: only white space can follow valid ones. */
  #isValid: boolean | undefined

  /** Some argument has come. */
  get hasArguments(): boolean {
    return this.#form !== 'blank'
  }

  /** The arguments are a whole JSON object: the call may end here. */
  get isComplete(): boolean {
    if (this.#form !== 'object' || this.#isCustom || !this.#scan.isClosed) return false
    this.#isValid ??= parseObject(this.#arguments) !== undefined
    return this.#isValid
  }

  /** The arguments may end in the middle of a JSON object, or in front of it. */
  get isCut(): boolean {
    return this.#form !== 'other' && !this.#isCustom && !this.isComplete
  }

  /** Nothing but `{}` has come, at once: the arguments themselves may follow. */
  get isEmptyObject(): boolean {
    return !this.#hasGivenOut && this.#arguments.length === 2 && this.#arguments === '{}'
  }

  /** Before the call's block begins: its name may come in pieces, and a repetition is none. */
  addName(piece: string): void {
    if (piece !== this.name) this.name += piece
  }

  addArguments(piece: CallPiece): void {
    const text = piece.arguments
    this.#isCustom ||= piece.isCustom
    if (text === '') return
    if (this.isEmptyObject && text.trimStart().startsWith('{')) this.#restart()
    if (this.#form === 'blank') {
      const start = text.trimStart()
      if (start !== '') this.#form = start.startsWith('{') ? 'object' : 'other'
    }
    this.#arguments += text
    this.#rest += text
    this.#scan.push(text)
  }

  /** The arguments that may be given out now and have not been. */
  take(): string {
    if (this.#form !== 'object' || this.#isCustom || this.isEmptyObject) return ''
    return this.#giveOut()
  }

  /** The arguments that have not been given out, at the call's end. */
  takeRest(): string {
    if (this.#isCustom) return JSON.stringify({ input: this.#giveOut() })
    if (this.#form === 'other') return normalized(this.#giveOut())
    const rest = this.#giveOut()
    return this.#form === 'blank' ? '{}' : rest
  }

  #giveOut(): string {
    const rest = this.#rest
    this.#rest = ''
    this.#hasGivenOut ||= rest !== ''
    return rest
  }

  #restart(): void {
    this.#arguments = ''
    this.#rest = ''
    this.#scan = new JsonObjectScan()
    this.#isValid = undefined
  }
}
