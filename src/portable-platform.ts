import { createLogger, type Logger, type LogRecord } from './base/logger.ts'
import type { Config } from './config/load.ts'
import { toLogLine } from './gateway/log/log-line.ts'
import { createDateAndClock } from './gateway/log/log-text.ts'
import type { Fetch } from './upstreams/http/post.ts'

/** What every runtime has: fetch, timers and a console. */

export interface Platform {
  /** Gets each line of the log, without a line break at its end; by default, the console. */
  readonly log?: ((line: string, level: LogRecord['level']) => void) | undefined
}

const toConsole = (line: string, level: LogRecord['level']): void => console[level](line)

export const createPortableLog = ({ logging }: Config, { log = toConsole }: Platform): Logger => {
  const style = { columns: undefined, dateAndClock: createDateAndClock() }
  return createLogger(logging.level, (record) =>
    log(toLogLine(logging.format, record, new Date(), style).trimEnd(), record.level),
  )
}

/** Workers send a stream with its length only through this class, which they alone have. */
type FixedLengthStreamClass = new (length: number) => TransformStream<Uint8Array, Uint8Array>

const withLength = (body: ReadableStream<Uint8Array>, headers: Headers): ReadableStream<Uint8Array> => {
  const length = headers.get('content-length')
  const { FixedLengthStream } = globalThis as { FixedLengthStream?: FixedLengthStreamClass }
  return FixedLengthStream === undefined || length === null
    ? body
    : body.pipeThrough(new FixedLengthStream(Number(length)))
}

/** Standard fetch sends a stream only with this option, and knows none of Bun's. */
export const portableFetch: Fetch = (url, { timeout: _, proxy: __, ...init }) => {
  if (!(init.body instanceof ReadableStream)) return fetch(url, init)
  return fetch(url, { ...init, body: withLength(init.body, new Headers(init.headers)), duplex: 'half' } as RequestInit)
}

/** Rejects when the signal aborts. */
export const sleep = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }, milliseconds)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
