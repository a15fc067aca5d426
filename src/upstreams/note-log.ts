import type { Logger } from '../base/logger.ts'
import type { Note } from '../messages/notes.ts'
import type { CallContext } from './upstream.ts'

/** Enough for every model and reason. Bounds memory, because clients can send any model. */
const remembered = 1000

/** Enough to see the problem. Bounds the log, because clients can send any number of members. */
const mostForOneRequest = 100

/**
 * Logs what a translation could not carry over. A note that may change a response is logged at level info once per
 * model and reason; everything else is logged at level debug.
 */
export const createNoteLog = (
  log: Logger,
): ((notes: readonly Note[], call: Pick<CallContext, 'requestId' | 'modelId'>) => void) => {
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
