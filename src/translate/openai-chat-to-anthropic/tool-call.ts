import { parseObject } from '../../base/json.ts'
import type { ChatToolCall } from '../../wire/openai-chat/response.ts'
import { JsonObjectScan } from './json-object-scan.ts'

/** A piece of a tool call, in one form for all servers. A text that the piece does not have is empty. */
export interface CallPiece {
  readonly id: string
  readonly name: string
  readonly arguments: string
  /** Gemini's token (OU-Q101). */
  readonly token: string
  /** The input is free text, of a custom tool. */
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

/** Whether a piece is empty: some servers close a call with such a piece. */
export const isEmptyPiece = ({ id, name, arguments: input, token }: CallPiece): boolean =>
  id === '' && name === '' && input === '' && token === ''

/** For arguments that do not begin with a brace: the JSON of the object if they encode one as a string (OU-A7). */
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
 * Joins the pieces of a tool call (OU-S9, OU-S10). Passes arguments on as they arrive. If they do not begin as an
 * object, it holds them until the end.
 */
export class ToolCall {
  /** The upstream's id. */
  id = ''
  /** Index within the whole response; undefined if the upstream sends none. */
  index: number | undefined
  /** The client's id, once its block has begun. */
  clientId = ''
  name = ''
  token = ''
  /** `heldBack`: the call is not sent to the client. */
  state: 'waiting' | 'open' | 'closed' | 'heldBack' = 'waiting'
  #arguments = ''
  /** The last part of the arguments, which has not been passed on. */
  #rest = ''
  #hasGivenOut = false
  #form: 'blank' | 'object' | 'other' = 'blank'
  #isCustom = false
  #scan = new JsonObjectScan()
  /** Result of parsing the closed arguments; it stays true, because only white space can follow valid arguments. */
  #isValid: boolean | undefined

  /** Whether arguments have arrived. */
  get hasArguments(): boolean {
    return this.#form !== 'blank'
  }

  /** The arguments are a whole JSON object: the call may end here. */
  get isComplete(): boolean {
    if (this.#form !== 'object' || this.#isCustom || !this.#scan.isClosed) return false
    this.#isValid ??= parseObject(this.#arguments) !== undefined
    return this.#isValid
  }

  /** Whether the arguments end within a JSON object or before its start. */
  get isCut(): boolean {
    return this.#form !== 'other' && !this.#isCustom && !this.isComplete
  }

  /** Only `{}` has arrived, in one piece: the real arguments may follow. */
  get isEmptyObject(): boolean {
    return !this.#hasGivenOut && this.#arguments.length === 2 && this.#arguments === '{}'
  }

  /** Call this before the block begins. The name may arrive in pieces; a repetition of the whole name is ignored. */
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

  /** Returns the new arguments that can be passed on now. */
  take(): string {
    if (this.#form !== 'object' || this.#isCustom || this.isEmptyObject) return ''
    return this.#giveOut()
  }

  /** Returns the remaining arguments, at the end of the call. */
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
