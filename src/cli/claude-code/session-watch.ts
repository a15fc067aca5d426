import type { Logger } from '../../base/logger.ts'

/** In which Claude Code names its session on every request. */
const sessionHeader = 'x-claude-code-session-id'

/** A UUID. Nothing else is printed: the header may come from another program. */
const isSessionId = (text: string): boolean => /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)

/** A turn has 85 KB and more. What gateway mode asks at its start has 280 bytes, and is no conversation. */
const smallestTurnBytes = 1000

const isTurn = (headers: Headers): boolean => {
  const length = headers.get('content-length')
  return length === null || Number(length) >= smallestTurnBytes
}

/** Long enough for a slow start; its user may still be reading. */
const usualSilenceMs = 30_000

const millisecondsPerSecond = 1000

/**
 * What a server of one session learns of its Claude Code. Logs one warning where no request has arrived after
 * `silenceMs`: the client may be signed in to a gateway (SI-L2).
 * Its timer keeps no process alive.
 */
export const watchSession = (log: Logger, silenceMs = usualSilenceMs) => {
  let sessionId: string | undefined
  const timer = setTimeout(() => {
    log.warn('client.silent', {
      seconds: silenceMs / millisecondsPerSecond,
      hint: 'A Claude Code that is signed in to a gateway ignores ANTHROPIC_BASE_URL. If a prompt got its answer, it did not come from this server: use --gateway-mode on.',
    })
  }, silenceMs)
  timer.unref()
  return {
    /** To be called with each request. */
    onRequest({ headers }: Pick<Request, 'headers'>): void {
      clearTimeout(timer)
      const named = headers.get(sessionHeader)
      if (named !== null && isSessionId(named) && isTurn(headers)) sessionId = named
    },
    /** The newest conversation that Claude Code has named; undefined where there was none. */
    sessionId: () => sessionId,
    /** Claude Code has ended. */
    stop: () => clearTimeout(timer),
  }
}
