import type { Logger } from '../../base/logger.ts'
import type { ResponseContext } from '../../translate/converse-to-anthropic/response-context.ts'
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

/** Logs each unknown part of a response once. */
export const withOddityLog = (responseContext: ResponseContext, log: Logger, requestId: string): ResponseContext => {
  const warned = new Set<string>()
  return {
    ...responseContext,
    onOddity(what) {
      if (!warned.has(what)) log.warn('upstream.oddity', { requestId, what })
      warned.add(what)
    },
  }
}
