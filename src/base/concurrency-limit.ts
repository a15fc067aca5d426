import { unlessAborted } from './unless-aborted.ts'

/**
 * Runs at most `mostAtOnce` pieces of work at a time. The others wait in a queue, first in, first out. Work whose signal
 * aborts before its turn does not run, and rejects with the signal's reason.
 */
export const createConcurrencyLimit = (mostAtOnce: number) => {
  let running = 0
  const waiting: (() => void)[] = []
  // Finished work passes its slot on directly, so that new work cannot overtake the queue.
  const leave = (): void => {
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }
  const queue = async (signal: AbortSignal | undefined): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    waiting.push(resolve)
    if (signal === undefined) return promise
    try {
      await unlessAborted(promise, signal)
    } catch (error) {
      const index = waiting.indexOf(resolve)
      // It got its slot just before the signal aborted.
      if (index === -1) leave()
      else waiting.splice(index, 1)
      throw error
    }
  }
  const enter = async (signal: AbortSignal | undefined): Promise<void> => {
    signal?.throwIfAborted()
    if (running < mostAtOnce) running += 1
    else await queue(signal)
  }
  return async <T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
    await enter(signal)
    try {
      return await work()
    } finally {
      leave()
    }
  }
}
