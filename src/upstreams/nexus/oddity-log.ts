import type { Logger } from '../../base/logger.ts'
import type { ConverseStreamEvent } from '../../wire/converse/events.ts'

/** Logs each unknown event once per stream. */
export const warnOfUnknown = (log: Logger, requestId: string): ((event: ConverseStreamEvent) => void) => {
  let warned: Set<string> | undefined
  return (event) => {
    if (event.type !== 'unknown') return
    warned ??= new Set()
    if (warned.has(event.name)) return
    warned.add(event.name)
    log.warn('upstream.unknown_event', { requestId, name: event.name.slice(0, 64) })
  }
}
