import type { Logger } from '../../base/logger.ts'
import type { ReplyContext } from '../../translate/converse-to-anthropic/response-context.ts'
import type { ConverseStreamEvent } from '../../wire/converse/events.ts'

/** Names each unknown event once for each stream. */
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

/** What an answer holds beyond what is known is warned of once. */
export const heard = (reply: ReplyContext, log: Logger, requestId: string): ReplyContext => {
  const warned = new Set<string>()
  return {
    ...reply,
    onOddity(what) {
      if (!warned.has(what)) log.warn('upstream.oddity', { requestId, what })
      warned.add(what)
    },
  }
}
