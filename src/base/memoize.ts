import { setMostRecent } from './lru.ts'

/** Bounds memory, because texts may come from clients. A deployment has fewer models. */
const usualMost = 100

/** Remembers the results of a pure function for its last `most` texts. */
export const memoize = <Result>(compute: (text: string) => Result, most = usualMost): ((text: string) => Result) => {
  const results = new Map<string, Result>()
  return (text) => {
    const known = results.get(text)
    if (known !== undefined) return known
    const result = compute(text)
    setMostRecent(results, text, result, most)
    return result
  }
}
