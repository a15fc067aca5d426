import { createBoundedQueue } from '../../base/bounded-queue.ts'
import type { RequestRecord } from '../request-record.ts'
import { allInputTokens, isConversation, modelOf } from './figures.ts'
import type { PostJson } from './post-json.ts'
import type { Report } from './report.ts'

/** Sends the figures of each request to an address: no words, no session, no host, no full key (AU-Y). */

export interface TelemetryOptions {
  readonly endpoint: string
  readonly post: PostJson
  readonly onLost: (reason: string) => void
}

const mostWaiting = 1000
const mostAtOnce = 4

/** In the form of the replaced system (M26). Figures that are not known are absent. */
export const toTelemetry = (record: RequestRecord) => ({
  timestamp: new Date(record.at).toISOString(),
  requestId: record.requestId,
  method: record.method,
  path: record.path,
  apiKey: record.maskedKey ?? 'unknown',
  model: modelOf(record),
  inputTokens: record.usage && allInputTokens(record.usage),
  outputTokens: record.usage?.output_tokens,
  duration: Math.round(record.durationMs),
  status: record.status,
  error: record.errorType,
})

export const createTelemetry = ({ endpoint, post, onLost }: TelemetryOptions): Report => {
  const queue = createBoundedQueue<RequestRecord>({
    capacity: mostWaiting,
    concurrency: mostAtOnce,
    process: async (record, signal) => (await post(endpoint, toTelemetry(record), signal))?.reason,
    onLost,
  })
  return {
    observe(record) {
      if (isConversation(record)) queue.add(record)
    },
    end: queue.end,
  }
}
