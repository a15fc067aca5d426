import type { Logger } from '../../base/logger.ts'
import type { ConversationWords, RequestObserver, RequestRecord } from '../request-record.ts'
import { createFailureLog, isolated } from './isolated.ts'

export interface AfterAnswersOptions {
  readonly observers: readonly RequestObserver[]
  readonly log: Logger
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** Calls the observers after an answer; by default at once. */
  readonly defer?: (work: () => void) => void
}

/** A request that has ended. */
export interface EndedRequest {
  readonly record: RequestRecord
  /** Makes its words, if they were collected. */
  readonly words: (() => ConversationWords) | undefined
  /** Makes the record with facts that no answer waits for. */
  readonly complete?: (() => RequestRecord) | undefined
}

const atOnce = (work: () => void): void => work()

/** In the microtask that comes first, the listener gets the answer, or its end, and writes it. */
export const afterAnswer = (work: () => void): void => queueMicrotask(() => queueMicrotask(work))

/** Calls the observers after the answers: a slow one delays none of them (OP-E3). */
export const createAfterAnswers = ({ observers, log, now, defer = atOnce }: AfterAnswersOptions) => {
  const all = observers.map((observer) => isolated(observer, { log, now }))
  const fail = createFailureLog({ log, now })
  let waiting: EndedRequest[] = []
  const wordsOf = ({ record, words }: EndedRequest): ConversationWords | undefined => {
    try {
      return words?.()
    } catch (error) {
      fail(record, error)
      return undefined
    }
  }
  const wholeRecord = ({ record, complete }: EndedRequest): RequestRecord => {
    if (complete === undefined) return record
    try {
      return complete()
    } catch (error) {
      fail(record, error)
      return record
    }
  }
  const flush = (): void => {
    const ended = waiting
    waiting = []
    for (const one of ended) {
      const words = wordsOf(one)
      const record = wholeRecord(one)
      for (const observe of all) observe(record, words)
    }
  }
  return {
    add(ended: EndedRequest): void {
      waiting.push(ended)
      if (waiting.length === 1) defer(flush)
    },
    /** Calls them now. */
    flush,
  }
}
