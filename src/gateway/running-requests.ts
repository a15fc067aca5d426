import { clientClosedStatus, type GatewayError, toGatewayError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import { loggableSessionOf } from '../messages/session-id.ts'
import { type CertainModels, createCertainModels } from './certain-models.ts'
import { endpointOf } from './endpoint.ts'
import { type AfterAnswersOptions, createAfterAnswers, type EndedRequest } from './observers/after-answers.ts'
import { withCosts } from './request-costs.ts'
import { outcomeOf, type ResponseEnd } from './request-outcome.ts'
import type {
  ConversationWords,
  CostlessRecord,
  CostOf,
  RequestFacts,
  RequestHead,
  RequestRecord,
} from './request-record.ts'
import { wholeUsage } from './token-figures.ts'

/** How a stream ended: complete, left by its reader, or in an `error` event. */
export type StreamEnd = 'whole' | 'left' | GatewayError

/** The path in the record of a request whose path only the client knows. */
export const hiddenPath = 'other'

export interface RunningRequestOptions {
  /** Milliseconds, monotonic. */
  readonly now: () => number
  readonly wantsClass: boolean
  readonly models: CertainModels
  /** Absent without prices. */
  readonly costOf?: CostOf | undefined
  readonly onEnd: (request: RunningRequest, ended: EndedRequest) => void
}

/** A running request. Each part of the server adds facts; the end is reported once. */
export class RunningRequest {
  /** The path changes if it is not a known one, and the session if only the body has it. */
  head: RequestHead
  /** Whether observers want the class of this request, and its words. */
  readonly wantsClass: boolean
  wantsWords = false
  /** Returns the collected words at the end; set by the part that collects them. */
  words: (() => ConversationWords) | undefined
  /** Finds facts after the answer; set by the part that finds them. */
  lateFacts: (() => RequestFacts) | undefined
  readonly #now: () => number
  readonly #startedAt: number
  readonly #models: CertainModels
  readonly #costOf: CostOf | undefined
  readonly #onEnd: RunningRequestOptions['onEnd']
  #facts: RequestFacts = {}
  #attempts = 0
  #firstEventAt: number | undefined
  #answer: ResponseEnd | undefined
  /** The error that the client gets, or would have got. */
  #error: GatewayError | undefined
  #status: number | undefined
  /** Whether the status has been sent, but not the end. */
  #isStreaming = false
  #hasLeft = false
  #isOver = false

  constructor(head: RequestHead, { now, wantsClass, models, costOf, onEnd }: RunningRequestOptions) {
    this.head = head
    this.wantsClass = wantsClass
    this.#now = now
    this.#startedAt = now()
    this.#models = models
    this.#costOf = costOf
    this.#onEnd = onEnd
  }

  get bodyBytes(): number | undefined {
    return this.#facts.bodyBytes
  }

  /** The header for the upstream; undefined if traces are not propagated. */
  get traceparent(): string | undefined {
    return this.#facts.trace?.traceparent
  }

  update(facts: RequestFacts): void {
    Object.assign(this.#facts, facts)
  }

  /** Keeps a path that only the client knows out of the record. */
  hidePath(): void {
    this.head = { ...this.head, path: hiddenPath }
  }

  /** Finds the session of a client that sends no header for it, in a request that is parsed anyway (OP-E2). */
  readSession(request: Json): void {
    if (this.head.session !== undefined) return
    const session = loggableSessionOf(request)
    if (session !== undefined) this.head = { ...this.head, session }
  }

  attempted(): void {
    this.#attempts += 1
  }

  /** The upstream gets the request again, because a kept-alive connection was dead. */
  resent(): void {
    this.update({ resends: (this.#facts.resends ?? 0) + 1 })
  }

  /** The first event of the answer has arrived. */
  firstEvent(): void {
    this.#firstEventAt = this.#now()
  }

  /** The upstream's answer has ended. The first end counts: returns whether this is it. */
  responseEnded(end: ResponseEnd): boolean {
    if (this.#answer !== undefined) return false
    this.#answer = end
    return true
  }

  failed(error: GatewayError): void {
    this.#error = error
  }

  /** Marks a response that ends after its head is sent: call the returned function at its end. */
  streams(): (end: StreamEnd) => void {
    this.#isStreaming = true
    return (end) => {
      this.#isStreaming = false
      if (end === 'left') this.#hasLeft = true
      else if (end !== 'whole') this.#error = end
      this.#settle()
    }
  }

  /** The head of the response is sent. */
  responded(status: number): void {
    this.#status = status
    this.#settle()
  }

  /** Call this when the server has stopped by force: no client waits any more. */
  abandon(): void {
    this.#status ??= clientClosedStatus
    this.#hasLeft = true
    this.#isStreaming = false
    this.#settle()
  }

  /** Reports the end once both the head and the end of the response are known. */
  #settle(): void {
    if (this.#isOver || this.#status === undefined || this.#isStreaming) return
    this.#isOver = true
    const facts = this.#toFacts(this.#status)
    const { lateFacts, words } = this
    const complete = lateFacts && (() => this.#toRecord({ ...facts, ...lateFacts() }))
    this.#onEnd(this, { record: this.#toRecord(facts), complete, words })
  }

  #toFacts(status: number): CostlessRecord {
    const outcome = outcomeOf({ answer: this.#answer, error: this.#error, status, hasLeft: this.#hasLeft })
    const error = outcome === 'cancelled' ? undefined : this.#error
    const { model, used, ...facts } = this.#facts
    const { usage } = facts
    const hasName = used !== undefined && this.#models.has(used, this.#firstEventAt !== undefined)
    const upstreamRequestId = facts.upstreamRequestId ?? this.#error?.upstreamRequestId
    return {
      ...this.head,
      ...facts,
      ...(hasName && { used }),
      ...(hasName && model !== undefined && { model }),
      ...(usage && { usage: wholeUsage(usage) }),
      endpoint: endpointOf(this.head.path),
      ...(upstreamRequestId !== undefined && { upstreamRequestId }),
      outcome,
      status: outcome === 'cancelled' ? clientClosedStatus : status,
      firstEventMs: this.#firstEventAt === undefined ? undefined : this.#firstEventAt - this.#startedAt,
      durationMs: this.#now() - this.#startedAt,
      attempts: this.#attempts,
      errorType: error?.type,
      errorReason: error?.reason,
    }
  }

  #toRecord(facts: CostlessRecord): RequestRecord {
    // Each model has its price, also one whose name the record must not have.
    return Object.freeze(withCosts(facts, this.#facts.used ?? facts.used, this.#costOf))
  }
}

export interface RequestRecordsOptions extends AfterAnswersOptions, Pick<RunningRequestOptions, 'costOf'> {
  /** Whether an observer uses the class of requests; default: yes. A forwarded request is parsed only for that. */
  readonly wantsClass?: boolean
  /** Ids of models that the upstream's catalog and the configuration name. */
  readonly knownModels?: ReadonlySet<string>
  /** Milliseconds since 1970. */
  readonly date: () => number
}

type Handler = (request: Request) => Response | Promise<Response>

export type RequestRecords = ReturnType<typeof createRequestRecords>

/** The running requests, and the observers of their ends. */
export const createRequestRecords = (options: RequestRecordsOptions) => {
  const { observers, now, date, costOf, wantsClass = true, knownModels = new Set() } = options
  const running = new Set<RunningRequest>()
  const models = createCertainModels(knownModels)
  const isWanted = observers.length > 0
  const afterAnswers = createAfterAnswers(options)
  const onEnd: RunningRequestOptions['onEnd'] = (request, ended) => {
    running.delete(request)
    afterAnswers.add(ended)
  }
  return {
    begin(head: Omit<RequestHead, 'at'>): RunningRequest {
      const request = new RunningRequest({ ...head, at: date() }, { now, wantsClass, models, costOf, onEnd })
      if (isWanted) running.add(request)
      return request
    },
    /**
     * Wraps the handler so that every request is reported. `finish` sees each answer when its head is complete. Without
     * both, returns the handler itself.
     */
    watch(
      answer: Handler,
      runningOf: (request: Request) => RunningRequest,
      finish?: (answer: Response) => void,
    ): Handler {
      if (!isWanted && finish === undefined) return answer
      return async (request) => {
        try {
          const response = await answer(request)
          finish?.(response)
          runningOf(request).responded(response.status)
          return response
        } catch (thrown) {
          const error = toGatewayError(thrown)
          runningOf(request).failed(error)
          runningOf(request).responded(error.status)
          throw thrown
        }
      }
    },
    /** Reports the requests that still run: the process may end before they do. */
    close(): void {
      for (const request of running) request.abandon()
      afterAnswers.flush()
    },
  }
}
