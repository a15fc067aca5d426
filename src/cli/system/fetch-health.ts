import { attempt } from '../../base/attempt.ts'
import { errorCode } from '../../base/error-code.ts'
import { isObject } from '../../base/json.ts'
import { readCapped } from '../../base/read-capped.ts'
import { productName } from '../../version.ts'

/** Checks whether a server of this program listens at an address. */

/** Why no server of this program answered. */
export type Silence =
  /** No server listens, or it does not speak HTTP; the code comes from the system or from fetch. */
  | { readonly kind: 'unreachable'; readonly code: string | undefined }
  | { readonly kind: 'late' }
  /** Another server answered. */
  | { readonly kind: 'other'; readonly status: number }

/** A server of this program, by its own report. */
export interface Healthy {
  readonly kind: 'ours'
  readonly version: string
  readonly pid: number
  /** Seconds; undefined if the server does not report it. */
  readonly uptime: number | undefined
  /** Number of request features that the server leaves out. */
  readonly degradations: number
  /** What the prompt cache did since the start; undefined if it is not audited. */
  readonly cache: HealthyCache | undefined
}

interface HealthyCache {
  readonly hits: number
  readonly misses: number
  readonly ourFaults: number
}

const toCache = (cache: unknown): HealthyCache | undefined => {
  if (!isObject(cache)) return undefined
  const { hits, misses, ourFaults } = cache
  const isCount = (value: unknown): value is number => Number.isSafeInteger(value)
  return isCount(hits) && isCount(misses) && isCount(ourFaults) ? { hits, misses, ourFaults } : undefined
}

/** Any server may claim to be ours, so only numbers and a plausible version are used. */
const toHealthy = (health: unknown): Healthy | undefined => {
  if (typeof health !== 'object' || health === null) return undefined
  const { service, status, version, pid, uptime, degraded, cache } = health as Readonly<Record<string, unknown>>
  if (service !== productName || status !== 'healthy') return undefined
  if (typeof version !== 'string' || !/^[\w.+-]{1,40}$/.test(version) || !Number.isInteger(pid)) return undefined
  return {
    kind: 'ours',
    version,
    pid: pid as number,
    uptime: typeof uptime === 'number' ? uptime : undefined,
    degradations: Array.isArray(degraded) ? degraded.length : 0,
    cache: toCache(cache),
  }
}

/** Our server's response has a few hundred bytes. */
const maximumResponseBytes = 1024 * 1024

/**
 * The server's own URL on this machine, so no proxy is used. The request contains no secret and reaches only this
 * machine: it needs no valid certificate, whose name is another one.
 */
const toThisMachine = { redirect: 'manual', proxy: false, tls: { rejectUnauthorized: false } } as const
const toAnotherMachine = { redirect: 'manual' } as const

interface Target {
  /** The URL leads to another machine. */
  readonly isElsewhere?: boolean
}

const optionsFor = ({ isElsewhere = false }: Target) => (isElsewhere ? toAnotherMachine : toThisMachine)

export const fetchHealth = async (url: string, deadlineMs: number, target: Target = {}): Promise<Healthy | Silence> => {
  const signal = AbortSignal.timeout(deadlineMs)
  try {
    const options: object = { ...optionsFor(target), signal }
    const response = await fetch(`${url}/health`, options)
    const { status } = response
    // Reads to the end or the deadline: a partial response does not count.
    const text = await readCapped(response, maximumResponseBytes)
    return (status === 200 ? toHealthy(parsed(text)) : undefined) ?? { kind: 'other', status }
  } catch (error) {
    return signal.aborted ? { kind: 'late' } : { kind: 'unreachable', code: errorCode(error) }
  }
}

/** Returns undefined if no server answers in time. `url`: of this machine; requests the head only. */
export const fetchStatus = async (url: string, deadlineMs: number): Promise<number | undefined> => {
  const options: object = { ...toThisMachine, method: 'HEAD', signal: AbortSignal.timeout(deadlineMs) }
  try {
    return (await fetch(url, options)).status
  } catch {
    return undefined
  }
}

/** A GET; with a body, a POST of JSON. */
interface FromServer extends Target {
  readonly headers: Record<string, string>
  readonly body?: string
  readonly deadlineMs: number
  readonly maximumBytes: number
}

/**
 * Returns undefined if no server answers in time, and '' for an answer that is too long. `headers` may have the client
 * token if the URL is of this machine: they reach only it.
 */
export const fetchFromServer = async (
  url: string,
  { headers, body, deadlineMs, maximumBytes, ...target }: FromServer,
): Promise<{ readonly status: number; readonly text: string } | undefined> => {
  const sent =
    body === undefined
      ? { headers }
      : { method: 'POST', body, headers: { ...headers, 'content-type': 'application/json' } }
  const options: object = { ...optionsFor(target), ...sent, signal: AbortSignal.timeout(deadlineMs) }
  try {
    const response = await fetch(url, options)
    return { status: response.status, text: await readCapped(response, maximumBytes) }
  } catch {
    return undefined
  }
}

const parsed = (text: string): unknown => attempt(() => JSON.parse(text))
