import { parseObject } from '../../base/json.ts'
import { readResults } from '../provider-answers.ts'
import { SearchError, type SearchProvider } from '../search-provider.ts'

/**
 * Runs the program of the configuration with this standard input, and resolves to its standard output. Rejects with
 * SearchError. Kills the program when the signal aborts.
 */
export type RunSearchCommand = (input: string, signal: AbortSignal) => Promise<string>

/** A program that reads one JSON object and writes one. */
export const createCommandProvider = (run: RunSearchCommand): SearchProvider => ({
  name: 'command',
  async search(query, signal) {
    const { location = null, ...others } = query
    const output = await run(JSON.stringify({ ...others, location }), signal)
    // Of PowerShell.
    const answer = parseObject(output.replace(/^\uFEFF/, ''))
    if (answer === undefined) throw new SearchError('unavailable', { reason: 'the output is not a JSON object' })
    return readResults(answer['results'], { title: 'title', url: 'url', snippet: 'snippet', date: 'publishedAt' })
  },
})
