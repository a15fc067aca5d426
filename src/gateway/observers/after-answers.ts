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
interface Ended {
  readonly record: RequestRecord
  /** Makes its words, if they were collected. */
  readonly words: (() => ConversationWords) | undefined
}

const atOnce = (work: () => void): void => work()

/** In the microtask that comes first, the listener gets the answer, or its end, and writes it. */
export const afterAnswer = (work: () => void): void => queueMicrotask(() => queueMicrotask(work))

/** Calls the observers after the answers: a slow one delays none of them (OP-E3). */
export const createAfterAnswers = ({ observers, log, now, defer = atOnce }: AfterAnswersOptions) => {
  const all = observers.map((observer) => isolated(observer, { log, now }))
  const fail = createFailureLog({ log, now })
  let waiting: Ended[] = []
  const wordsOf = ({ record, words }: Ended): ConversationWords | undefined => {
    try {
      return words?.()
    } catch (error) {
      fail(record, error)
      return undefined
    }
  }
  const flush = (): void => {
    const ended = waiting
    waiting = []
    for (const one of ended) {
      const words = wordsOf(one)
      for (const observe of all) observe(one.record, words)
    }
  }
  return {
    add(ended: Ended): void {
      waiting.push(ended)
      if (waiting.length === 1) defer(flush)
    },
    /** Calls them now. */
    flush,
  }
}
