import type { Logger } from '../../base/logger.ts'

/** Claude Code sends its session id in this header of every request. */
const sessionHeader = 'x-claude-code-session-id'

/** Accepts only a UUID: the id is printed, and the header may come from another program. */
const isSessionId = (text: string): boolean => /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)

/** A turn has at least 85 KB. Gateway mode's request at its start has 280 bytes, and is not a conversation. */
const smallestTurnBytes = 1000

const isTurn = (headers: Headers): boolean => {
  const length = headers.get('content-length')
  return length === null || Number(length) >= smallestTurnBytes
}

/** Long enough for a slow start. The user may still be reading. */
const usualSilenceMs = 30_000

const millisecondsPerSecond = 1000

/**
 * Watches the requests of the one session that a server has. Logs one warning if no request arrives within
 * `silenceMs`: the client may be signed in to a gateway (SI-L2). The timer does not keep the process alive.
 */
export const watchSession = (log: Logger, silenceMs = usualSilenceMs) => {
  let sessionId: string | undefined
  const timer = setTimeout(() => {
    log.warn('client.silent', {
      seconds: silenceMs / millisecondsPerSecond,
      hint: 'Claude Code ignores ANTHROPIC_BASE_URL if it is signed in to a gateway. If it answered a prompt, the answer did not come from this server: use --gateway-mode on.',
    })
  }, silenceMs)
  timer.unref()
  return {
    /** Call this with each request. */
    onRequest({ headers }: Pick<Request, 'headers'>): void {
      clearTimeout(timer)
      const named = headers.get(sessionHeader)
      if (named !== null && isSessionId(named) && isTurn(headers)) sessionId = named
    },
    /** The id of the newest conversation; undefined if there was none. */
    sessionId: () => sessionId,
    /** Call this when Claude Code has ended. */
    stop: () => clearTimeout(timer),
  }
}
