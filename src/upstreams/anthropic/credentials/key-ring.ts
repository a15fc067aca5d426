import { parseObject } from '../../../base/json.ts'
import type { Secret } from '../../../base/secret.ts'
import { retryAfterSeconds } from '../../http/failed-response.ts'
import type { CredentialChoice, FailedAnswer } from './credential.ts'

/**
 * The keys of one file: one of them is current until it fails (AU-K8). They do not take turns: limits and prompt caches
 * belong to an organization, so that a change of key gains nothing or loses the cache.
 */
export interface KeyRing {
  choose(): CredentialChoice
}

export interface KeyRingOptions {
  readonly keys: readonly Secret[]
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** Another key is current. Both are numbers from 1. */
  readonly onChange: (from: number, to: number, status: number | undefined) => void
}

const millisecondsPerSecond = 1000
/** If the answer does not say how long. */
const usualRestSeconds = 30
const longestRestSeconds = 3600

/** How long a key rests after this answer. */
const restMs = (headers: Headers): number =>
  Math.min(retryAfterSeconds(headers) || usualRestSeconds, longestRestSeconds) * millisecondsPerSecond

const errorOf = (text: string): { readonly type?: unknown; readonly message?: unknown } => {
  const error = parseObject(text)?.['error']
  return typeof error === 'object' && error !== null ? error : {}
}

/** Whether another key may succeed. */
const isFailureOfKey = ({ status, text }: FailedAnswer): boolean => {
  switch (status) {
    case 401:
    case 402:
    case 429:
    case 529:
      return true
    case 403:
      return errorOf(text).type === 'permission_error'
    case 400:
      return /credit balance/i.test(String(errorOf(text).message))
    default:
      return false
  }
}

export const createKeyRing = ({ keys, now, onChange }: KeyRingOptions): KeyRing => {
  const restUntil = keys.map(() => Number.NEGATIVE_INFINITY)
  let current = 0

  const isReady = (index: number): boolean => now() >= (restUntil[index] ?? 0)
  /** The first key from `start` on that neither rests nor was tried. */
  const firstReady = (start: number, tried: ReadonlySet<number>): number | undefined =>
    keys.map((_, step) => (start + step) % keys.length).find((index) => !tried.has(index) && isReady(index))
  const change = (to: number, status: number | undefined): void => {
    if (to === current) return
    onChange(current + 1, to + 1, status)
    current = to
  }
  const choiceOf = (index: number, tried: ReadonlySet<number>): CredentialChoice => ({
    credential: { kind: 'api_key', header: 'x-api-key', secret: keys[index] as Secret, betas: [] },
    async afterFailure(answer) {
      if (keys.length === 1 || !isFailureOfKey(answer)) return undefined
      restUntil[index] = now() + restMs(answer.headers)
      const used = new Set([...tried, index])
      // Another request may have changed the key already.
      const next = firstReady(current, used)
      if (next === undefined) return undefined
      change(next, answer.status)
      return choiceOf(next, used)
    },
  })

  return {
    choose() {
      const none = new Set<number>()
      change(firstReady(current, none) ?? current, undefined)
      return choiceOf(current, none)
    },
  }
}
