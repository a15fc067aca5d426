import type { RequestObserver, RequestRecord } from '../../../gateway/request-record.ts'
import { isUsage, toRequestRow } from '../../../usage/request-row.ts'
import type { RequestPage, RequestRow, UsageReader } from '../../../usage/usage-report.ts'
import type { Shutdown } from '../../http/shutdown.ts'

/** Streams the requests that end to open pages, one batch a second (OP-D3). */

const usualEveryMs = 1000
export const mostViewers = 5
const longestMs = 3_600_000
/** Proxies close connections that are silent for a minute. */
const pingMs = 15_000
/** Rows that a page shows first. The history lacks those of the last second. */
const firstRows = 50
/** A viewer that leaves so many texts unread is gone. */
const mostUnread = 30

export interface LiveRequests {
  readonly observe: RequestObserver
  /**
   * Returns the stream of one viewer, for one client or for all; undefined if there are too many viewers. Ends when the
   * viewer may no longer read.
   */
  open(client: string | undefined, mayRead?: () => boolean): Promise<ReadableStream<Uint8Array> | undefined>
}

export interface LiveRequestsOptions {
  readonly reader: Pick<UsageReader, 'requests'>
  readonly shutdown: Pick<Shutdown, 'hasBegun'>
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** Milliseconds between two batches. Default: a second. */
  readonly everyMs?: number
}

const utf8 = new TextEncoder()
const ping = ':\n\n'

const toEvent = (page: RequestPage): string => `data: ${JSON.stringify(page)}\n\n`

const isOf =
  (client: string | undefined) =>
  (row: RequestRow): boolean =>
    client === undefined || row.client === client

/** Newest first. */
const toRows = (records: readonly RequestRecord[]): readonly RequestRow[] =>
  records.toReversed().flatMap((record) => toRequestRow(record) ?? [])

/** Both may have the same rows. */
const join = (newest: readonly RequestRow[], page: RequestPage): RequestPage => {
  const ids = new Set(newest.map(({ id }) => id))
  return { ...page, requests: [...newest, ...page.requests.filter(({ id }) => !ids.has(id))] }
}

interface Viewer {
  readonly client: string | undefined
  readonly mayRead: () => boolean
  readonly endsAt: number
  readonly stream: ReadableStream<Uint8Array>
  /** Returns whether the viewer still reads. */
  send(text: string): boolean
  close(): void
}

type ViewerOptions = Pick<Viewer, 'client' | 'mayRead' | 'endsAt'> & { readonly onLeave: () => void }

const createViewer = ({ onLeave, ...facts }: ViewerOptions): Viewer => {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  const stream = new ReadableStream<Uint8Array>({
    start(own) {
      controller = own
    },
    cancel() {
      controller = undefined
      onLeave()
    },
  })
  return {
    ...facts,
    stream,
    send(text) {
      if (controller === undefined || (controller.desiredSize ?? 0) < -mostUnread) return false
      controller.enqueue(utf8.encode(text))
      return true
    },
    close: () => controller?.close(),
  }
}

/** Has a timer only while there are viewers. */
export const createLiveRequests = (options: LiveRequestsOptions): LiveRequests => {
  const { reader, shutdown, now, everyMs = usualEveryMs } = options
  const viewers = new Set<Viewer>()
  /** Oldest first; at least those that a viewer gets first. Most of them are never shown: only a viewer needs rows. */
  let latest: RequestRecord[] = []
  let waiting: RequestRecord[] = []
  let timer: ReturnType<typeof setInterval> | undefined
  let pingAt = 0

  const leave = (viewer: Viewer): void => {
    viewers.delete(viewer)
    if (viewers.size === 0) clearInterval(timer)
  }
  const send = (): void => {
    const batch = toRows(waiting)
    waiting = []
    const isPingDue = now() >= pingAt
    if (isPingDue) pingAt = now() + pingMs
    for (const viewer of viewers) {
      const requests = batch.filter(isOf(viewer.client))
      const text = requests.length > 0 ? toEvent({ requests }) : isPingDue ? ping : ''
      const reads = viewer.mayRead() && (text === '' || viewer.send(text))
      if (reads && now() < viewer.endsAt && !shutdown.hasBegun()) continue
      leave(viewer)
      viewer.close()
    }
  }
  return {
    observe(record) {
      if (!isUsage(record)) return
      latest.push(record)
      if (latest.length >= 2 * firstRows) latest = latest.slice(-firstRows)
      if (viewers.size > 0) waiting.push(record)
    },
    async open(client, mayRead = () => true) {
      if (viewers.size >= mostViewers) return undefined
      const viewer = createViewer({ client, mayRead, endsAt: now() + longestMs, onLeave: () => leave(viewer) })
      viewers.add(viewer)
      if (viewers.size === 1) timer = setInterval(send, everyMs)
      try {
        const page = await reader.requests({ client, limit: firstRows })
        viewer.send(toEvent(join(toRows(latest.slice(-firstRows)).filter(isOf(client)), page)))
      } catch (error) {
        leave(viewer)
        throw error
      }
      return viewer.stream
    },
  }
}
