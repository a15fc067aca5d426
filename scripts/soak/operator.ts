import { adminToken } from '../support/everything.ts'

/** Reads the figures of a server again and again: a scraper, the pages of the dashboard and a viewer of live requests. */

export interface Operator {
  /** Number of readings of each kind. */
  readonly readings: Map<string, number>
  /** What failed. */
  readonly faults: readonly string[]
  /** Stops, and returns the metrics of a last scrape as text. */
  stop(): Promise<string>
}

const everyMs = 500
const dayMs = 86_400_000
/** A viewer stays for some batches. */
const viewMs = 1500

const token = { 'x-api-key': adminToken }
const withoutProxy: object = { proxy: false }

const logIn = async (url: string): Promise<string> => {
  const response = await fetch(`${url}/dashboard/login`, {
    ...withoutProxy,
    method: 'POST',
    headers: { origin: url, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ token: adminToken }).toString(),
    redirect: 'manual',
  })
  const cookie = response.headers.get('set-cookie')?.split(';')[0]
  if (cookie === undefined) throw new Error(`/dashboard/login answered ${response.status}`)
  return cookie
}

const readText = async (address: string, headers: Record<string, string>): Promise<string> => {
  const response = await fetch(address, { ...withoutProxy, headers: { ...headers, connection: 'close' } })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${new URL(address).pathname} answered ${response.status}: ${text}`)
  return text
}

const watchLive = async (url: string, cookie: string): Promise<void> => {
  const signal = AbortSignal.timeout(viewMs)
  try {
    const response = await fetch(`${url}/dashboard/api/live`, { ...withoutProxy, headers: { cookie }, signal })
    if (response.status !== 200) throw new Error(`/dashboard/api/live answered ${response.status}`)
    for await (const _ of response.body ?? []);
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

export const startOperator = async (url: string): Promise<Operator> => {
  const cookie = await logIn(url)
  const readings = new Map<string, number>()
  const faults: string[] = []
  const scrape = (): Promise<string> => readText(`${url}/metrics`, token)
  const summary = (): Promise<string> => {
    const [since, until] = [Date.now() - 7 * dayMs, Date.now()].map((at) => new Date(at).toISOString())
    return readText(`${url}/dashboard/api/summary?since=${since}&until=${until}&by=client&timezone=Europe/Berlin`, {
      cookie,
    })
  }
  const kinds: Readonly<Record<string, () => Promise<unknown>>> = {
    metrics: scrape,
    page: () => readText(`${url}/dashboard`, { cookie }),
    summary,
    requests: () => readText(`${url}/dashboard/api/requests?limit=100`, { cookie }),
    live: () => watchLive(url, cookie),
  }
  let isRunning = true
  const read = async ([kind, once]: readonly [string, () => Promise<unknown>]): Promise<void> => {
    while (isRunning) {
      try {
        await once()
        readings.set(kind, (readings.get(kind) ?? 0) + 1)
      } catch (error) {
        faults.push(`${kind}: ${error}`)
      }
      await Bun.sleep(everyMs)
    }
  }
  // All of them once, so that what they open is open before the run.
  for (const once of Object.values(kinds)) await once()
  const running = Object.entries(kinds).map(read)
  return {
    readings,
    faults,
    async stop() {
      isRunning = false
      await Promise.all(running)
      return scrape()
    },
  }
}
