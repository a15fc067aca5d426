import type { Logger } from '../base/logger.ts'

/** What a response holds and has no translation is logged once for each request. Names alone, never content. */
export const createOddityLog = (log: Logger, requestId: string): ((what: string) => void) => {
  const warned = new Set<string>()
  return (what) => {
    if (!warned.has(what)) log.warn('upstream.oddity', { requestId, what })
    warned.add(what)
  }
}
