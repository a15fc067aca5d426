import { nameOf } from '../base/error-location.ts'
import { type Json, parseObject } from '../base/json.ts'
import type { Logger } from '../base/logger.ts'
import { isEventStreamType } from '../codec/sse/content-type.ts'
import { EventScanner } from '../codec/sse/event-scanner.ts'
import { NativeAnswer } from './native-answer.ts'
import { requestClassOf } from './request-class.ts'
import type { Operation } from './request-record.ts'
import type { RunningRequest } from './running-requests.ts'
import { selectUserText } from './words.ts'
import { WordsCollector } from './words-collector.ts'

/** Reads the facts of a request that is forwarded unchanged, next to its bytes (AU-N11). */

export interface NativeObservation {
  /** The request's bytes. Call this when they are on their way: it may parse them, once. */
  requestBody(bytes: Uint8Array): void
  /** The head of the answer. */
  head(status: number, contentType: string | null): void
  /** Bytes of the answer. Call this after they are passed on to the client. */
  chunk(bytes: Uint8Array): void
  /** The answer has ended in any way. Call this before the end is reported to the request's record. */
  end(): void
}

export interface NativeObservationOptions {
  readonly log: Logger
  readonly operation: Operation
}

/** Of a request that is parsed, which takes 5 ms. */
const maximumRequestBytes = 4 * 1024 * 1024
const maximumEventBytes = 1024 * 1024
const maximumAnswerBytes = 8 * 1024 * 1024

const firstFailureStatus = 400

const utf8 = new TextDecoder()

/** A whole answer, up to the limit. */
class WholeAnswer {
  readonly #parts: Uint8Array[] = []
  #size = 0

  /** Returns whether this part exceeds the limit. */
  push(part: Uint8Array): boolean {
    const wasTooLarge = this.#isTooLarge
    this.#size += part.length
    if (!this.#isTooLarge) this.#parts.push(part)
    else this.#parts.length = 0
    return this.#isTooLarge && !wasTooLarge
  }

  /** Undefined if it exceeds the limit. */
  text(): string | undefined {
    return this.#isTooLarge ? undefined : utf8.decode(Buffer.concat(this.#parts, this.#size))
  }

  get #isTooLarge(): boolean {
    return this.#size > maximumAnswerBytes
  }
}

const readFacts = (running: RunningRequest, request: Json): void => {
  running.readSession(request)
  const { max_tokens: maxTokens } = request
  if (typeof maxTokens === 'number') running.update({ maxTokens })
}

const createObservation = (
  running: RunningRequest,
  { log, operation }: NativeObservationOptions,
): NativeObservation => {
  const { wantsClass } = running
  const words = operation === 'message' && running.wantsWords ? new WordsCollector() : undefined
  const answer = new NativeAnswer(running, words)
  let status = 0
  let scanner: EventScanner | undefined
  let whole: WholeAnswer | undefined

  let hasNoted = false
  const noteTooLarge = (part: 'event' | 'answer'): void => {
    if (hasNoted) return
    hasNoted = true
    log.info('answer.not_read', { requestId: running.head.requestId, part })
  }

  const createScanner = (): EventScanner =>
    new EventScanner({
      names: ['message_', words === undefined ? 'content_block_start' : 'content_block_', 'error'],
      maximumEventBytes,
      onEvent: ({ event, data }) => answer.event(event, data),
      onTooLarge(name) {
        if (name === 'message_') answer.usageIsUnknown()
        noteTooLarge('event')
      },
    })

  const readWhole = (text: string): void => {
    if (status >= firstFailureStatus) answer.failure(text, status)
    else if (operation === 'count') answer.count(text)
    else answer.message(text)
  }

  return {
    requestBody(bytes) {
      // A retry sends the same bytes.
      if (running.bodyBytes !== undefined) return
      running.update({ bodyBytes: bytes.length })
      const isWanted = operation === 'message' && (wantsClass || words !== undefined)
      if (!isWanted || bytes.length > maximumRequestBytes) return
      const request = parseObject(utf8.decode(bytes))
      if (request === undefined) return
      readFacts(running, request)
      const requestClass = requestClassOf(request)
      if (wantsClass && requestClass !== undefined) running.update({ requestClass })
      // Query evaluations are not conversations (AU-S2), also if classes are not counted.
      if (words === undefined || requestClass === 'query_evaluation') return
      const userText = selectUserText(request['messages'])
      running.words = () => words.words(userText)
    },
    head(answerStatus, contentType) {
      status = answerStatus
      const isStream = isEventStreamType(contentType)
      if (operation === 'message' && status < firstFailureStatus) running.update({ isStream })
      if (isStream) scanner = createScanner()
      else if (contentType?.startsWith('application/json')) whole = new WholeAnswer()
    },
    chunk(bytes) {
      scanner?.push(bytes)
      if (whole?.push(bytes)) noteTooLarge('answer')
    },
    end() {
      const text = whole?.text()
      if (text !== undefined) readWhole(text)
    },
  }
}

/** Never throws: after an error, the rest of the answer is not observed (AU-N12). */
export const observeNative = (running: RunningRequest, options: NativeObservationOptions): NativeObservation => {
  running.update({ operation: options.operation })
  const observation = createObservation(running, options)
  let isBroken = false
  const isolated = (work: () => void): void => {
    if (isBroken) return
    try {
      work()
    } catch (error) {
      isBroken = true
      options.log.error('observer.failed', { requestId: running.head.requestId, error: nameOf(error) })
    }
  }
  return {
    requestBody: (bytes) => isolated(() => observation.requestBody(bytes)),
    head: (status, contentType) => isolated(() => observation.head(status, contentType)),
    chunk: (bytes) => isolated(() => observation.chunk(bytes)),
    end: () => isolated(() => observation.end()),
  }
}
