import { GatewayError } from '../../../../base/errors.ts'
import type { Logger } from '../../../../base/logger.ts'
import { productName } from '../../../../version.ts'
import type { OAuthGrant } from './grant.ts'
import type { RenewalFailure } from './renewal.ts'
import { isSameGrant } from './unsaved-grants.ts'

/** What a failed renewal means: for the client, for the log, and for the next request. */

const tokenUrlSetting = 'anthropic.oauth.tokenUrl'

/** Seconds until the next attempt with the same refresh token. */
const pauses = { unavailable: 5, moved: 60 } as const
/** A server may ask for a longer one. */
const longestPauseSeconds = 3600

const pauseSeconds = (failure: RenewalFailure): number => {
  switch (failure.kind) {
    case 'refused':
    case 'unrenewable':
      // It stays like this until the file has other tokens.
      return Number.POSITIVE_INFINITY
    case 'moved':
      return pauses.moved
    case 'unavailable':
      return Math.min(failure.retryAfterSeconds ?? pauses.unavailable, longestPauseSeconds)
    case 'busy':
    case 'slow':
    case 'gone':
      return 0
  }
}

interface FailedFile {
  /** Without its folder. */
  readonly name: string
  readonly domain: string
  /** Host of the token endpoint. */
  readonly host: string
}

const loginCommand = ({ domain }: FailedFile): string => `run \`${productName} auth login ${domain}\``

/** The reason and the remedy, as a part of a sentence. */
export const failureWords = ({ kind }: RenewalFailure, file: FailedFile): string => {
  switch (kind) {
    case 'moved':
      return `${file.host} has no token endpoint at this address. Correct ${tokenUrlSetting}`
    case 'unavailable':
      return `${file.host} does not answer requests for tokens. Try again in a moment`
    case 'slow':
      return `${file.host} has not answered yet. Try again in a moment`
    case 'busy':
      return 'another process is renewing it. Try again in a moment'
    case 'gone':
    case 'refused':
    case 'unrenewable':
      return loginCommand(file)
  }
}

const passesByItself = ({ kind }: RenewalFailure): boolean =>
  kind === 'unavailable' || kind === 'busy' || kind === 'slow'

/** The client's error for an expired token (AU-O8). A failure that passes by itself is one that clients retry (AU-O11). */
export const failureError = (failure: RenewalFailure, file: FailedFile, waitSeconds: number): GatewayError => {
  const message = `the OAuth credential of \`${file.name}\` has expired and could not be renewed: ${failureWords(failure, file)}`
  if (passesByItself(failure)) {
    return new GatewayError('overloaded_error', message, {
      status: 503,
      retryAfterSeconds: Math.max(Math.ceil(waitSeconds), pauses.unavailable),
      isLoggable: true,
    })
  }
  return new GatewayError('authentication_error', message, { shouldRetry: false, isLoggable: true })
}

export const logFailure = (log: Logger, failure: RenewalFailure, { name, host }: FailedFile): void => {
  const details = 'status' in failure ? { status: failure.status, error: failure.code } : {}
  const fields = { file: name, host, reason: failure.kind, ...details }
  if (passesByItself(failure)) log.warn('credential.renewal_failed', fields)
  else if (failure.kind === 'moved') log.error('credential.renewal_failed', { ...fields, setting: tokenUrlSetting })
  else log.error('credential.renewal_failed', fields)
}

interface Pause {
  readonly failure: RenewalFailure
  readonly of: OAuthGrant
  /** Of the monotonic clock. */
  readonly until: number
}

/** Remembers failures, so that requests do not repeat a renewal that fails (AU-O7). `now`: milliseconds, monotonic. */
export const createRenewalPauses = (now: () => number) => {
  const pauses = new Map<string, Pause>()
  return {
    /** The failure that still counts for this grant, and the seconds until the next attempt. */
    find(
      path: string,
      grant: OAuthGrant,
    ): { readonly failure: RenewalFailure; readonly waitSeconds: number } | undefined {
      const pause = pauses.get(path)
      if (pause === undefined) return undefined
      if (isSameGrant(pause.of, grant) && now() < pause.until) {
        return { failure: pause.failure, waitSeconds: (pause.until - now()) / 1000 }
      }
      pauses.delete(path)
      return undefined
    },
    begin(path: string, failure: RenewalFailure, of: OAuthGrant): void {
      pauses.set(path, { failure, of, until: now() + pauseSeconds(failure) * 1000 })
    },
    end(path: string): void {
      pauses.delete(path)
    },
    entries: (): readonly (readonly [path: string, failure: RenewalFailure])[] =>
      [...pauses].filter(([, { until }]) => now() < until).map(([path, { failure }]) => [path, failure]),
  }
}
