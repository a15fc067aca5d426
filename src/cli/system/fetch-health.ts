import { attempt } from '../../base/attempt.ts'
import { errorCode } from '../../base/error-code.ts'
import { productName } from '../../version.ts'
import { localUrl } from '../claude-code/launch/environment.ts'
import { readCapped } from './read-capped.ts'

/** What answers at a place where one of us may be listening. */

/** Why nobody of us answered. */
export type Silence =
  /** Nothing listens there, or it does not speak HTTP; the code is the system's or fetch's own. */
  | { readonly kind: 'unreachable'; readonly code: string | undefined }
  | { readonly kind: 'late' }
  /** Something else answers. */
  | { readonly kind: 'other'; readonly status: number }

/** One of us, as it says itself. */
export interface Healthy {
  readonly kind: 'ours'
  readonly version: string
  readonly pid: number
  /** Seconds; undefined where it does not say. */
  readonly uptime: number | undefined
  /** How many parts of requests it goes without. */
  readonly degradations: number
}

/** Whoever answers may call itself what it likes: nothing is taken over but numbers, and a version that looks like one. */
const toHealthy = (health: unknown): Healthy | undefined => {
  if (typeof health !== 'object' || health === null) return undefined
  const { service, status, version, pid, uptime, degraded } = health as Readonly<Record<string, unknown>>
  if (service !== productName || status !== 'healthy') return undefined
  if (typeof version !== 'string' || !/^[\w.+-]{1,40}$/.test(version) || !Number.isInteger(pid)) return undefined
  return {
    kind: 'ours',
    version,
    pid: pid as number,
    uptime: typeof uptime === 'number' ? uptime : undefined,
    degradations: Array.isArray(degraded) ? degraded.length : 0,
  }
}

/** Ours is a few hundred bytes. */
const maximumResponseBytes = 1024 * 1024

/** Never through a proxy: it has nothing to do with this machine's own ports. */
export const fetchHealth = async (host: string, port: number, deadlineMs: number): Promise<Healthy | Silence> => {
  const signal = AbortSignal.timeout(deadlineMs)
  try {
    const options: object = { signal, redirect: 'manual', proxy: false }
    const response = await fetch(`${localUrl(host, port)}/health`, options)
    const { status } = response
    // Its words are read to their end, or the deadline: half an answer is none.
    const text = await readCapped(response, maximumResponseBytes)
    return (status === 200 ? toHealthy(parsed(text)) : undefined) ?? { kind: 'other', status }
  } catch (error) {
    return signal.aborted ? { kind: 'late' } : { kind: 'unreachable', code: errorCode(error) }
  }
}

const parsed = (text: string): unknown => attempt(() => JSON.parse(text))
