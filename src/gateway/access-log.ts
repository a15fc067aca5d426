import type { LogFields, Logger } from '../base/logger.ts'
import type { GatewayEvent, GatewayObserver } from './events.ts'

const rounded = (milliseconds: number | undefined): number | undefined =>
  milliseconds === undefined ? undefined : Math.round(milliseconds)

/** A client may call its model what it likes. */
const loggedNameCharacters = 100

/** Figures and names, never words: an error's message may quote what was said. */
const fieldsOf = (event: GatewayEvent): LogFields => ({
  requestId: event.requestId,
  upstreamRequestId: event.upstreamRequestId,
  model: event.modelAsked.slice(0, loggedNameCharacters),
  used: event.modelUsed,
  stream: event.isStream,
  stop: event.stopReason,
  inputTokens: event.usage?.input_tokens,
  cacheReadTokens: event.usage?.cache_read_input_tokens,
  cacheWriteTokens: event.usage?.cache_creation_input_tokens,
  outputTokens: event.usage?.output_tokens,
  firstEventMs: rounded(event.firstEventMs),
  durationMs: rounded(event.durationMs),
})

/** One line for each request for an answer. */
export const createAccessLog =
  (log: Logger): GatewayObserver =>
  (event) => {
    switch (event.type) {
      case 'answered':
        log.info('request.answered', fieldsOf(event))
        return
      case 'cancelled':
        log.info('request.cancelled', fieldsOf(event))
        return
      case 'failed':
        log.warn('request.failed', {
          ...fieldsOf(event),
          error: event.error.type,
          status: event.error.status,
          reason: event.error.isLoggable ? event.error.message : undefined,
        })
    }
  }
