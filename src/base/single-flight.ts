import { clientClosed } from './errors.ts'
import { setMostRecent } from './lru.ts'

type Work = (signal: AbortSignal) => Promise<number>

interface Flight {
  readonly result: Promise<number>
  readonly ending: AbortController
  waiting: number
}

/**
 * Calls for a number: those for the same are one, and what they gave is remembered. Remembers the results of so many
 * keys; the one that nobody asked for longest gives way.
 */
export const createSingleFlight = (mostRemembered: number) => {
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
     * The work goes on for as long as anybody waits for it, and its signal says when nobody does.
     * Rejects with what the work throws; with a 499 for whoever leaves before.
     */
    async run(key: string, work: Work, leaving: AbortSignal): Promise<number> {
      if (leaving.aborted) throw clientClosed(undefined)
      const known = results.get(key)
      if (known !== undefined) return remember(key, known)
      return resultOf(key, calls.get(key) ?? begin(key, work), leaving)
    },
  }
}
