/** Runs at most `mostAtOnce` pieces of work at a time. The others wait in a queue, first in, first out. */
export const createConcurrencyLimit = (mostAtOnce: number) => {
  let running = 0
  const waiting: (() => void)[] = []
  const enter = async (): Promise<void> => {
    if (running < mostAtOnce) running += 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
  }
  // Finished work passes its slot on directly, so that new work cannot overtake the queue.
  const leave = (): void => {
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }
  return async <T>(work: () => Promise<T>): Promise<T> => {
    await enter()
    try {
      return await work()
    } finally {
      leave()
    }
  }
}
