import { nameOf } from '../../base/error-location.ts'
import type { Logger } from '../../base/logger.ts'
import type { RequestObserver, RequestRecord } from '../request-record.ts'

interface IsolatedOptions {
  readonly log: Logger
  /** Milliseconds, monotonic. */
  readonly now: () => number
}

const silenceMs = 60_000

/** Reports failures at most once a minute, because a broken observer fails with every request (OP-E3). */
export const createFailureLog = ({ log, now }: IsolatedOptions) => {
  let [failures, silentUntil] = [0, Number.NEGATIVE_INFINITY]
  return ({ requestId }: RequestRecord, error: unknown): void => {
    failures += 1
    if (now() < silentUntil) return
    silentUntil = now() + silenceMs
    log.error('observer.failed', { requestId, error: nameOf(error), failures })
  }
}

/** Never throws, and delays no other observer: an observer that takes its time, or never ends, is not awaited. */
export const isolated = (observer: RequestObserver, options: IsolatedOptions): RequestObserver => {
  const fail = createFailureLog(options)
  return (record, words) => {
    try {
      const result: unknown = observer(record, words)
      if (result instanceof Promise) result.catch((error) => fail(record, error))
    } catch (error) {
      fail(record, error)
    }
  }
}
