import type { Logger } from '../base/logger.ts'

/** Logs parts of a response that have no translation, once for each request. Logs names only, never content. */
export const createOddityLog = (log: Logger, requestId: string): ((what: string) => void) => {
  const warned = new Set<string>()
  return (what) => {
    if (!warned.has(what)) log.warn('upstream.oddity', { requestId, what })
    warned.add(what)
  }
}
