import type { Logger } from '../../base/logger.ts'
import type { Note } from '../../messages/notes.ts'
import type { CallContext } from '../upstream.ts'

/** Enough for every model and reason there is; a client that invents more does not fill the memory. */
const remembered = 1000

/** Enough to see what is going on; a client that invents members by the hundred thousand does not fill the disk. */
const mostForOneRequest = 100

/**
 * Logs what a translation could not carry over. What may change an answer is said aloud once for each
 * model and reason, and after that, like everything else, only at level debug.
 */
export const createNoteLog = (log: Logger): ((notes: readonly Note[], context: CallContext) => void) => {
  const said = new Set<string>()
  const isFirst = (key: string): boolean => {
    if (said.has(key) || said.size >= remembered) return false
    said.add(key)
    return true
  }
  return (notes, { requestId, modelId }) => {
    for (const { level, what, path } of notes.slice(0, mostForOneRequest)) {
      const isNews = level === 'info' && isFirst(`${modelId} ${what}`)
      const loggedAt = isNews ? 'info' : 'debug'
      if (log.isEnabled(loggedAt)) log[loggedAt]('translate.note', { requestId, model: modelId, path, what })
    }
    const omitted = notes.length - mostForOneRequest
    if (omitted > 0) log.debug('translate.notes_omitted', { requestId, count: omitted })
  }
}
