import { clientClosedStatus, type GatewayError, toGatewayError } from '../../base/errors.ts'
import { isLoggableModel } from '../../base/loggable-name.ts'
import type { Logger } from '../../base/logger.ts'
import type { ModelResolver } from '../../models/resolver.ts'
import type { GatewayObserver } from '../events.ts'
import { type ShapedRequest, toRequestShape } from '../request-shape.ts'
import { type Account, loggedPath, outcomeOf, toAccessFields } from './access-record.ts'

type Answer = (request: Request) => Response | Promise<Response>

/** How a stream ended: whole, without its reader, or in an `error` event. */
export type StreamEnd = 'whole' | 'left' | GatewayError

export interface AccessLogOptions {
  readonly log: Logger
  readonly models: Pick<ModelResolver, 'find'>
  /** Milliseconds, monotonic. */
  readonly now: () => number
}

/**
 * One record for each request that the server answers, at its true end: a stream's last byte, not its head.
 * The server's rooms tell it what they learn of a request, by its id.
 */
export class AccessLog {
  readonly #options: AccessLogOptions
  // Failures are warnings: where even those are not wanted there is nothing to keep account of.
  readonly #isWanted: boolean
  readonly #accounts = new Map<string, Account>()
  readonly #byRequest = new WeakMap<Request, Account>()
  /** Nearly every request has the URL of the one before. */
  #last = { url: '', path: '' }

  constructor(options: AccessLogOptions) {
    this.#options = options
    this.#isWanted = options.log.isEnabled('warn')
  }

  /** Has every request that passes told of. */
  watch(answer: Answer): Answer {
    if (!this.#isWanted) return answer
    return async (request) => {
      try {
        const response = await answer(request)
        this.#answered(request, response.status)
        return response
      } catch (thrown) {
        const error = toGatewayError(thrown)
        this.#answered(request, error.status, error)
        throw thrown
      }
    }
  }

  /** To be called once for each request, before anything can go wrong with it. */
  begin(request: Request, requestId: string): void {
    if (!this.#isWanted) return
    const { method, url } = request
    if (url !== this.#last.url) this.#last = { url, path: loggedPath(url) }
    const account: Account = { requestId, method, path: this.#last.path, startedAt: this.#options.now() }
    this.#accounts.set(requestId, account)
    this.#byRequest.set(request, account)
  }

  /** The body has been read: so many bytes, after decoding. */
  bodyRead(request: Request, bytes: number): void {
    const account = this.#byRequest.get(request)
    if (account !== undefined) account.bodyBytes = bytes
  }

  /** The body has passed its check. Tells its shape, too, where that is wanted. */
  asked(requestId: string, request: ShapedRequest, betas: readonly string[]): void {
    const account = this.#accounts.get(requestId)
    if (account === undefined) return
    const { log, models } = this.#options
    account.used = models.find(request.model)?.model.id
    // A name that is no model's may be anything, a key that was pasted wrongly among them.
    if (account.used !== undefined && isLoggableModel(request.model)) account.model = request.model
    if (!log.isEnabled('debug')) return
    log.debug('request.shape', { requestId, bytes: account.bodyBytes, ...toRequestShape(request, betas) })
  }

  /** Whatever else is learnt on the way. */
  learned(requestId: string, facts: Pick<Account, 'isStream' | 'upstreamRequestId' | 'counted' | 'error'>): void {
    const account = this.#accounts.get(requestId)
    if (account !== undefined) Object.assign(account, facts)
  }

  /** The answer ends later than its head is sent: when what is returned is called. */
  streams(requestId: string): (end: StreamEnd) => void {
    const account = this.#accounts.get(requestId)
    if (account === undefined) return () => {}
    account.isStreaming = true
    return (end) => {
      account.isStreaming = false
      if (end === 'left') account.hasLeft = true
      else if (end !== 'whole') account.error = end
      this.#settle(account)
    }
  }

  /** The gateway's part of the story. */
  readonly observe: GatewayObserver = (story) => {
    const account = this.#accounts.get(story.requestId)
    if (account === undefined) return
    account.story = story
    if (story.firstEventMs === undefined) return
    // As the client sees it: reading the request is a part of its wait.
    const askedAt = this.#options.now() - story.durationMs
    account.firstEventMs = askedAt + story.firstEventMs - account.startedAt
  }

  /** The server has ended, and the process may before anybody hears of it: nobody is left who waits. */
  close(): void {
    for (const account of this.#accounts.values()) {
      account.status ??= clientClosedStatus
      account.hasLeft = true
      account.isStreaming = false
      this.#settle(account)
    }
  }

  #answered(request: Request, status: number, error?: GatewayError): void {
    const account = this.#byRequest.get(request)
    if (account === undefined) return
    account.status = status
    if (error !== undefined) account.error = error
    this.#settle(account)
  }

  /** Tells of a request once both its head and its end are known. */
  #settle(account: Account): void {
    if (account.status === undefined || account.isStreaming === true) return
    // Whoever comes a second time finds it told.
    if (!this.#accounts.delete(account.requestId)) return
    const { log, now } = this.#options
    const outcome = outcomeOf(account)
    const level = outcome === 'failed' ? 'warn' : 'info'
    if (!log.isEnabled(level)) return
    log[level](`request.${outcome}`, toAccessFields(account, outcome, now() - account.startedAt))
  }
}
