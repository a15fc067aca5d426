import type { Logger } from '../../base/logger.ts'
import type { Note } from '../../translate/notes.ts'
import type { CallContext } from '../upstream.ts'

/** Enough for every model and reason there is; a client that invents more does not fill the memory. */
const remembered = 1000

/**
 * Logs what a translation could not carry over. What may change an answer is said aloud once for each
 * model and reason, and after that, like everything else, only at level debug.
 */
export const createNoteLog = (log: Logger): ((notes: readonly Note[], context: CallContext) => void) => {
  const said = new Set<string>()
  return (notes, { requestId, modelId }) => {
    for (const { level, what, path } of notes) {
      const key = `${modelId} ${what}`
      const isNews = level === 'info' && !said.has(key) && said.size < remembered
      if (isNews) said.add(key)
      log[isNews ? 'info' : 'debug']('translate.note', { requestId, model: modelId, path, what })
    }
  }
}
