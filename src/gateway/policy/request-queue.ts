import { abortedError, GatewayError } from '../../base/errors.ts'
import type { RequestFacts } from '../request-record.ts'
import { createModelPauses, type ModelPauses } from './model-pauses.ts'
import { WaitingRequests } from './waiting-requests.ts'

/** Places upstream, and the queue of the requests that wait for one (OP-L12, OP-L13). */

/** A request that needs a place. */
export interface Entrant {
  /** A key: clients take turns. */
  readonly client: string
  /** For messages; absent if it has no name. */
  readonly clientName?: string | undefined
  /** Most places of its client at once. */
  readonly clientLimit?: number | undefined
  readonly isSubagent: boolean
  readonly running: { update(facts: RequestFacts): void }
}

/** Upstream. */
export interface Place {
  /** The upstream has begun its answer. */
  answered(): void
  /** The upstream has refused one attempt. */
  refused(error: GatewayError): void
  /** Gives the place back, at every kind of end. Later calls have no effect. */
  leave(): void
}

export interface RequestQueueOptions {
  /** Most requests upstream at once. */
  readonly maximum: number
  /** Most requests that wait. */
  readonly capacity: number
  /** Longest wait, in milliseconds. */
  readonly waitMs: number
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** A number from 0 to 1. */
  readonly random: () => number
  /** No pause for a model that the upstream throttles: its timer would end with the request that began it (OP-X4). */
  readonly isolatesRequests?: boolean | undefined
}

interface Entry extends Entrant {
  readonly model: string
  readonly since: number
  readonly start: () => void
  readonly refuse: (error: GatewayError) => void
}

/** Spreads the retries of many clients. */
const longestRetrySeconds = 5
const millisecondsPerSecond = 1000

const countOf = (count: number): string => (count === 1 ? '1 request' : `${count} requests`)

export class RequestQueue {
  readonly #options: RequestQueueOptions
  readonly #waiting = new WaitingRequests<Entry>()
  readonly #placesOf = new Map<string, number>()
  readonly #pauses: ModelPauses
  #active = 0
  /** Set when the server drains: from then on, nothing waits. */
  #drained: GatewayError | undefined

  constructor(options: RequestQueueOptions) {
    this.#options = options
    this.#pauses = createModelPauses({ now: options.now, onEnd: () => this.#serve() })
  }

  get active(): number {
    return this.#active
  }

  get queued(): number {
    return this.#waiting.size
  }

  /** The error if `enter` would refuse the request at once. */
  refusalOf(entrant: Entrant): GatewayError | undefined {
    if (this.#hasPlace(entrant) || this.#waiting.size < this.#options.capacity) return undefined
    return this.#waiting.lastBehind(entrant) === undefined ? this.#full(entrant) : undefined
  }

  /**
   * Waits for a place, unless the signal aborts. Rejects with GatewayError. `model` is empty if it is not known. The
   * caller gives the place back.
   */
  async enter(entrant: Entrant, model: string, signal: AbortSignal): Promise<Place> {
    if (signal.aborted) throw abortedError(signal, undefined)
    // A request that may start overtakes no other: those that may start do not wait.
    if (this.#mayStart(entrant, model)) this.#takePlace(entrant)
    else {
      if (this.#drained !== undefined) throw this.#drained
      this.#makeRoom(entrant)
      await this.#turnOf(entrant, model, signal)
    }
    return this.#placeOf(entrant, model)
  }

  /** Refuses all requests that wait, and those that would. */
  drain(reason: GatewayError): void {
    this.#drained = reason
    this.#pauses.clear()
    for (const entry of this.#waiting.all()) {
      this.#waiting.remove(entry)
      entry.refuse(reason)
    }
  }

  #placesTaken({ client }: Entrant): number {
    return this.#placesOf.get(client) ?? 0
  }

  #isClientFull(entrant: Entrant): boolean {
    return this.#placesTaken(entrant) >= (entrant.clientLimit ?? Number.POSITIVE_INFINITY)
  }

  #hasPlace(entrant: Entrant): boolean {
    return this.#active < this.#options.maximum && !this.#isClientFull(entrant)
  }

  #mayStart(entrant: Entrant, model: string): boolean {
    return this.#hasPlace(entrant) && !this.#pauses.has(model)
  }

  #serve(): void {
    for (;;) {
      const entry = this.#waiting.takeNext((one) => this.#mayStart(one, one.model))
      if (entry === undefined) return
      this.#takePlace(entry)
      entry.start()
    }
  }

  #takePlace(entrant: Entrant): void {
    this.#active += 1
    this.#placesOf.set(entrant.client, this.#placesTaken(entrant) + 1)
  }

  #giveBack(entrant: Entrant): void {
    this.#active -= 1
    const rest = this.#placesTaken(entrant) - 1
    if (rest > 0) this.#placesOf.set(entrant.client, rest)
    else this.#placesOf.delete(entrant.client)
    this.#serve()
  }

  #placeOf(entrant: Entrant, model: string): Place {
    let isOver = false
    const leave = (): void => {
      if (isOver) return
      isOver = true
      this.#giveBack(entrant)
    }
    return {
      answered: () => this.#pauses.end(model),
      refused: (error) => {
        const { capacity, isolatesRequests = false } = this.#options
        const mayWait = capacity > 0 && this.#drained === undefined
        if (mayWait && !isolatesRequests) this.#pauses.begin(model, error)
      },
      leave,
    }
  }

  /** Where the queue is full, the last in line makes room, which may be the new request. */
  #makeRoom(entrant: Entrant): void {
    if (this.#waiting.size < this.#options.capacity) return
    const last = this.#waiting.lastBehind(entrant)
    if (last === undefined) throw this.#full(entrant)
    this.#waiting.remove(last)
    last.refuse(this.#full(last))
  }

  /** Resolves when it is the request's turn. */
  #turnOf(entrant: Entrant, model: string, signal: AbortSignal): Promise<void> {
    const { now, waitMs } = this.#options
    const { promise, resolve: start, reject: refuse } = Promise.withResolvers<void>()
    const entry: Entry = { ...entrant, model, since: now(), start, refuse }
    this.#waiting.add(entry)
    const dismiss = (errorOf: () => GatewayError): void => {
      if (this.#waiting.remove(entry)) refuse(errorOf())
    }
    const onAbort = (): void => dismiss(() => abortedError(signal, undefined))
    const timer = setTimeout(() => dismiss(() => this.#tooLong(entrant)), waitMs)
    signal.addEventListener('abort', onAbort, { once: true })
    const settle = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      entrant.running.update({ queuedMs: Math.round(now() - entry.since) })
    }
    promise.then(settle, settle)
    return promise
  }

  #tooLong(entrant: Entrant): GatewayError {
    const seconds = this.#options.waitMs / millisecondsPerSecond
    return this.#overloaded(`The request waited ${seconds} s for a place upstream.`, entrant)
  }

  #full(entrant: Entrant): GatewayError {
    const isClients = this.#isClientFull(entrant)
    const { clientName } = entrant
    const who = isClients && clientName !== undefined ? `Client '${clientName}'` : 'The server'
    const running = countOf(isClients ? this.#placesTaken(entrant) : this.#active)
    const queued = this.#options.capacity === 0 ? '' : `, and ${this.#waiting.size} wait`
    return this.#overloaded(`${who} already runs ${running}${queued}.`, entrant)
  }

  #overloaded(sentence: string, { running }: Entrant): GatewayError {
    running.update({ limit: this.#options.capacity > 0 ? 'queue' : 'concurrency' })
    return new GatewayError('overloaded_error', `${sentence} Try again in a moment.`, {
      retryAfterSeconds: 1 + Math.floor(this.#options.random() * longestRetrySeconds),
      shouldRetry: true,
      isLoggable: true,
    })
  }
}
