import { isBlank } from '../../messages/blank.ts'
import type { BlockSequence } from './block-sequence.ts'
import { brokenStream } from './faults.ts'
import type { ChatResponseContext } from './response-context.ts'
import { type CallPiece, isEmptyPiece, ToolCall } from './tool-call.ts'

/** More calls than any choice has: converts an index within a choice to one within the response. */
const callsOfChoice = 2 ** 20

/** Finds the call that each piece belongs to (OU-S8), and joins the pieces. */
export class ToolCalls {
  readonly #context: ChatResponseContext
  readonly #blocks: BlockSequence
  readonly #byId = new Map<string, ToolCall>()
  readonly #byIndex = new Map<number, ToolCall>()
  #latest: ToolCall | undefined
  #lastOfClient: ToolCall | undefined

  constructor(context: ChatResponseContext, blocks: BlockSequence) {
    this.#context = context
    this.#blocks = blocks
  }

  /** The last call that is sent to the client, or undefined. */
  get last(): ToolCall | undefined {
    return this.#lastOfClient
  }

  /**
   * Adds a piece of a streamed call. `index` counts within the choice, and is undefined if the server sends none.
   * Throws GatewayError for arguments that come after their call's end.
   */
  accept(piece: CallPiece, choice: number, index: number | undefined): void {
    const key = index === undefined ? undefined : choice * callsOfChoice + index
    const known = this.#find(piece, key)
    if (known === undefined && isEmptyPiece(piece)) return
    const call = known ?? this.#begin()
    this.#latest = call
    if (key !== undefined) {
      call.index = key
      this.#byIndex.set(key, call)
    }
    this.#add(call, piece)
  }

  /** Adds a whole call. It never continues another call, even with the same id. */
  acceptWhole(piece: CallPiece): void {
    if (!isEmptyPiece(piece)) this.#add(this.#begin(), piece)
  }

  /** The call that a piece continues; undefined if it begins one. */
  #find(piece: CallPiece, key: number | undefined): ToolCall | undefined {
    const atIndex = key === undefined ? undefined : this.#byIndex.get(key)
    const withId = piece.id === '' ? undefined : this.#byId.get(piece.id)
    const known = withId === undefined || atIndex?.id === piece.id ? atIndex : withId
    if (known !== undefined) {
      const isAtNewIndex = key !== undefined && atIndex === undefined && known.index !== undefined
      return beginsAnother(known, piece, isAtNewIndex) ? undefined : known
    }
    if (key !== undefined || this.#latest === undefined) return undefined
    return beginsAfter(this.#latest, piece) ? undefined : this.#latest
  }

  #begin(): ToolCall {
    const call = new ToolCall()
    if (this.#context.isOneCallAllowed && this.#lastOfClient !== undefined) {
      call.state = 'heldBack'
      this.#context.onOddity?.('second tool call, but the client allows one')
      return call
    }
    this.#lastOfClient = call
    this.#blocks.addCall(call)
    return call
  }

  #add(call: ToolCall, piece: CallPiece): void {
    if (call.id === '' && piece.id !== '') {
      call.id = piece.id
      this.#byId.set(piece.id, call)
    }
    if (call.state === 'waiting' && piece.name !== '') call.addName(piece.name)
    if (piece.token !== '') call.token = piece.token
    if (call.state !== 'closed') call.addArguments(piece)
    else if (!isBlank(piece.arguments)) throw brokenStream('a tool call continues after its end')
    this.#blocks.updateCall(call)
  }
}

/** Whether a piece with the id or the index of a known call begins another call. */
const beginsAnother = (known: ToolCall, piece: CallPiece, isAtNewIndex: boolean): boolean => {
  if (piece.name === '') return false
  if (isAtNewIndex || (piece.id !== '' && known.id !== '' && piece.id !== known.id)) return true
  if (!known.isComplete || known.name === '') return false
  if (piece.name !== known.name) return true
  // The same name again, with arguments, begins another call: those of the known call are complete. One exception: with
  // an id, the real arguments may follow an empty object.
  const mayContinue = known.isEmptyObject && piece.id !== ''
  return !isBlank(piece.arguments) && !mayContinue
}

/** Whether a piece without an index or a known id begins a call, instead of continuing the latest one. */
const beginsAfter = (latest: ToolCall, piece: CallPiece): boolean =>
  piece.name !== '' && (latest.name !== '' || (piece.id !== '' && latest.id !== ''))
