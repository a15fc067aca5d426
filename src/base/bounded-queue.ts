import { nameOf } from './error-location.ts'

export interface BoundedQueueOptions<Item> {
  /** Most items that wait. */
  readonly capacity: number
  /** Most items that are processed at once. */
  readonly concurrency: number
  /** Resolves to the reason if the item is lost. The signal aborts when the queue ends. */
  readonly process: (item: Item, signal: AbortSignal) => Promise<string | undefined>
  /** Called for each lost item: with the reason of `process`, the name of its error, `queue full` or `shutdown`. */
  readonly onLost: (reason: string) => void
}

export interface BoundedQueue<Item> {
  /** Returns at once. */
  add(item: Item): void
  /** Accepts no further items, and resolves when all are processed. When the signal aborts, the others are lost. */
  end(limit: AbortSignal): Promise<void>
}

/** Work that must neither delay its caller nor fill the memory: what does not fit is lost. */
export const createBoundedQueue = <Item>(options: BoundedQueueOptions<Item>): BoundedQueue<Item> => {
  const { capacity, concurrency, process, onLost } = options
  const waiting: Item[] = []
  const ended = new AbortController()
  const { promise: empty, resolve: becomeEmpty } = Promise.withResolvers<void>()
  let running = 0
  let isOpen = true

  const run = async (item: Item): Promise<void> => {
    running += 1
    const reason = await process(item, ended.signal).catch(nameOf)
    running -= 1
    if (reason !== undefined) onLost(ended.signal.aborted ? 'shutdown' : reason)
    startNext()
  }
  const startNext = (): void => {
    for (const item of waiting.splice(0, concurrency - running)) void run(item)
    if (!isOpen && running === 0) becomeEmpty()
  }
  const stop = (): void => {
    ended.abort()
    for (const _ of waiting.splice(0)) onLost('shutdown')
  }

  return {
    add(item) {
      if (!isOpen) return onLost('shutdown')
      if (waiting.length >= capacity) return onLost('queue full')
      waiting.push(item)
      startNext()
    },
    async end(limit) {
      isOpen = false
      limit.addEventListener('abort', stop, { once: true })
      if (limit.aborted) stop()
      startNext()
      await empty
      limit.removeEventListener('abort', stop)
    },
  }
}
