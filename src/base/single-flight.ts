import { clientClosed } from './errors.ts'
import { setMostRecent } from './lru.ts'

type Work = (signal: AbortSignal) => Promise<number>

interface Flight {
  readonly result: Promise<number>
  readonly ending: AbortController
  waiting: number
}

/**
 * Calls with the same key share one run of the work if `isShared`, and later calls get the remembered result. Beyond
 * `mostRemembered` results, the least recently used one is removed.
 */
export const createSingleFlight = (mostRemembered: number, isShared = true) => {
  const results = new Map<string, number>()
  const calls = new Map<string, Flight>()

  const remember = (key: string, result: number): number => {
    setMostRecent(results, key, result, mostRemembered)
    return result
  }
  const forget = (key: string, call: Flight): void => {
    if (calls.get(key) === call) calls.delete(key)
  }
  const begin = (key: string, work: Work): Flight => {
    const ending = new AbortController()
    const result = work(ending.signal).then((number) => remember(key, number))
    const call: Flight = { result, ending, waiting: 0 }
    calls.set(key, call)
    const done = (): void => forget(key, call)
    result.then(done, done)
    return call
  }
  const resultOf = (key: string, call: Flight, leaving: AbortSignal): Promise<number> =>
    new Promise((resolve, reject) => {
      call.waiting += 1
      const onLeaving = (): void => {
        reject(clientClosed(undefined))
        call.waiting -= 1
        if (call.waiting > 0) return
        forget(key, call)
        call.ending.abort()
      }
      leaving.addEventListener('abort', onLeaving, { once: true })
      const stay = (): void => leaving.removeEventListener('abort', onLeaving)
      call.result.then(resolve, reject).then(stay)
    })

  return {
    /**
     * The work runs as long as a caller waits for it; then its signal aborts. Rejects with what the work throws, or
     * with a 499 if `leaving` aborts first.
     */
    async run(key: string, work: Work, leaving: AbortSignal): Promise<number> {
      if (leaving.aborted) throw clientClosed(undefined)
      const known = results.get(key)
      if (known !== undefined) return remember(key, known)
      return resultOf(key, (isShared ? calls.get(key) : undefined) ?? begin(key, work), leaving)
    },
  }
}
