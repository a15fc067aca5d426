import type { ProcessFigures } from '../../gateway/observers/metrics/instruments.ts'
import type { ProcessWork } from '../../gateway/process-work.ts'
import type { StateAnswer, StateQuestion } from '../../state/workers/worker-state.ts'
import type { SentPlan } from './sent-plan.ts'

/** What a parent and its workers ask each other (OP-K7). */

/** A whole request that the parent answers for a worker. */
export interface PassedRequest {
  /** Its number at this worker. */
  readonly id: number
  readonly method: string
  readonly url: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array | undefined
  /** The address of the other end of the client's connection. */
  readonly peer: string | undefined
}

export interface PassedAnswer {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** `stream`: the worker asks for its chunks. */
  readonly body: Uint8Array | 'stream' | undefined
}

/** What a worker does, and what its process uses. */
export interface WorkerFacts extends ProcessWork {
  readonly figures: ProcessFigures
}

/** What a worker asks of its parent. */
export interface ParentServices {
  state(question: StateQuestion): Promise<StateAnswer>
  /** The requests that have ended, as JSON: to clone objects takes three times as long. */
  records(json: string): Promise<true>
  request(request: PassedRequest): Promise<PassedAnswer>
  /** The next part of a stream; undefined at its end. */
  chunk(id: number): Promise<Uint8Array | undefined>
  /** The client has disconnected. */
  cancel(id: number): Promise<void>
}

/** Why a worker could not start: the code of the listener's error, or a sentence for the user. */
export interface StartFailure {
  readonly code: string | undefined
  readonly reason: string | undefined
}

export type BeginResult = { readonly kind: 'listening' } | ({ readonly kind: 'failed' } & StartFailure)

/** What a parent asks of its worker. */
export interface WorkerServices {
  /** Serves by this plan. */
  begin(plan: SentPlan): Promise<BeginResult>
  /** Sends all records that wait to the parent, then says what this process does. */
  facts(nothing: undefined): Promise<WorkerFacts | undefined>
  /** Begins the shutdown. Resolves to the number of running requests. */
  stop(nothing: undefined): Promise<number>
  /** Ends all requests at once. */
  stopNow(nothing: undefined): Promise<void>
}
