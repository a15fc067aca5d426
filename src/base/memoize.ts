import { setMostRecent } from './lru.ts'

/** Remembers the results of a pure function for its last `most` texts. Texts may come from clients: the bound limits memory. */
export const memoize = <Result>(compute: (text: string) => Result, most: number): ((text: string) => Result) => {
  const results = new Map<string, Result>()
  return (text) => {
    const known = results.get(text)
    if (known !== undefined) return known
    const result = compute(text)
    setMostRecent(results, text, result, most)
    return result
  }
}
