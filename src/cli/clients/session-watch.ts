import type { Logger } from '../../base/logger.ts'
import type { Client } from './client.ts'

/** A turn has at least 2 KB. Gateway mode's request at its start has 280 bytes, and is not a conversation. */
const smallestTurnBytes = 1000

const isTurn = ({ method, headers }: Pick<Request, 'method' | 'headers'>): boolean => {
  const length = headers.get('content-length')
  return method === 'POST' && (length === null || Number(length) >= smallestTurnBytes)
}

/** Long enough for a slow start. The user may still be reading. */
const usualSilenceMs = 30_000

const millisecondsPerSecond = 1000

/**
 * Watches the requests of the one session that a server has. Logs one warning if no request arrives within
 * `silenceMs`: Claude Code may be signed in to a gateway (SI-L2). The timer does not keep the process alive.
 */
export const watchSession = (
  { sessions, silenceHint: hint }: Pick<Client, 'sessions' | 'silenceHint'>,
  log: Logger,
  silenceMs = usualSilenceMs,
) => {
  let sessionId: string | undefined
  const warn = (): void => log.warn('client.silent', { seconds: silenceMs / millisecondsPerSecond, hint: hint ?? '' })
  const timer = hint === undefined ? undefined : setTimeout(warn, silenceMs)
  timer?.unref()
  return {
    /** Call this with each request. */
    onRequest(request: Pick<Request, 'method' | 'headers'>): void {
      clearTimeout(timer)
      const { headers } = request
      const named = headers.get(sessions.header)
      const isPart = sessions.partHeader !== undefined && headers.has(sessions.partHeader)
      if (named !== null && sessions.pattern.test(named) && !isPart && isTurn(request)) sessionId = named
    },
    /** The id of the newest conversation; undefined if there was none. */
    sessionId: () => sessionId,
    /** Call this when the client has ended. */
    stop: () => clearTimeout(timer),
  }
}
