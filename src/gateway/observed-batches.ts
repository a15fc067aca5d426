import type { GatewayError } from '../base/errors.ts'
import type { EventBatch } from '../wire/anthropic/events.ts'

/** What follows a stream. */
export interface BatchObserver {
  /** Returns whether the batch is the last. */
  read(batch: EventBatch): boolean
  answered(): void
  /** Returns the error to throw. */
  failed(thrown: unknown): GatewayError
  cancelled(): void
}

/** Forwards the batches, and records every kind of end. */
export const observedBatches = (
  batches: AsyncIterable<EventBatch>,
  observer: BatchObserver,
): AsyncIterableIterator<EventBatch> => {
  const iterator = batches[Symbol.asyncIterator]()
  let isComplete = false
  // The reader may stop at any batch, and stops after the last.
  const over = (): void => {
    if (isComplete) observer.answered()
    else observer.cancelled()
  }
  const read = (result: IteratorResult<EventBatch>): IteratorResult<EventBatch> => {
    if (result.done === true) over()
    else isComplete = observer.read(result.value)
    return result
  }
  const fail = (thrown: unknown): never => {
    throw observer.failed(thrown)
  }
  return {
    // Half the cost of an async function; this runs for every batch.
    next: () => iterator.next().then(read, fail),
    async return() {
      try {
        await iterator.return?.()
      } finally {
        over()
      }
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
