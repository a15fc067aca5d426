import { exclusively, LockedError } from '../../../../base/files/file-lock.ts'
import { linkTarget } from '../../../../base/files/replace-file.ts'
import type { Logger } from '../../../../base/logger.ts'
import type { Secret } from '../../../../base/secret.ts'
import type { OAuthGrant } from './grant.ts'
import { readGrantFile } from './grant-file.ts'
import { createGrantSaver } from './grant-saver.ts'
import type { TokenEndpoint, TokenFailure } from './token-endpoint.ts'
import { isSameGrant, type UnsavedGrants } from './unsaved-grants.ts'

/** Renews the tokens of one file: at most one process at a time, and the decision is made under the lock (AU-O4). */

/**
 * `gone`: the file has no tokens any more. `unrenewable`: it has no refresh token. `busy`: another process has the lock.
 * `slow`: the renewal takes longer than a request waits.
 */
export type RenewalFailure = TokenFailure | { readonly kind: 'gone' | 'unrenewable' | 'busy' | 'slow' }

export type Renewal =
  | { readonly grant: OAuthGrant }
  /** `grant` is the one whose renewal has failed. */
  | { readonly failure: RenewalFailure; readonly of: OAuthGrant }

export interface RenewalOptions {
  readonly endpoint: TokenEndpoint
  readonly unsaved: UnsavedGrants
  readonly log: Logger
  /** Milliseconds since 1970. */
  readonly date: () => number
  /** For the clock of the endpoint. */
  readonly onDate: (date: string | null) => void
}

/** A token is renewed this long before it expires, so that it is still valid when the request arrives (AU-O3). */
const earlyMs = 60_000

/** Whether the access token is valid for the next minute. */
export const isFresh = ({ expiresAt }: OAuthGrant, now: number): boolean => now < expiresAt - earlyMs

/** Longer than two calls of the process that has the lock. */
const lockMs = 20_000

export const createRenewal = ({ endpoint, unsaved, log, date, onDate }: RenewalOptions) => {
  const save = createGrantSaver({ unsaved, log, date })

  /** Two tries, because a connection may break. Too many requests are not repeated. */
  const request = async (refreshToken: Secret) => {
    const first = await endpoint.refresh(refreshToken)
    return first.kind === 'unavailable' && first.status !== 429 ? endpoint.refresh(refreshToken) : first
  }

  const spend = async (path: string, stored: OAuthGrant, hasLock: boolean): Promise<Renewal> => {
    const grant = unsaved.newest(path, stored)
    if (grant.refreshToken === undefined) return { failure: { kind: 'unrenewable' }, of: grant }
    const outcome = await request(grant.refreshToken)
    if (outcome.kind !== 'granted') return { failure: outcome, of: grant }
    onDate(outcome.date)
    return { grant: await save(path, { stored, spent: grant, tokens: outcome.tokens, hasLock }) }
  }

  const renew = async (
    path: string,
    known: OAuthGrant,
    refused: Secret | undefined,
    hasLock: boolean,
  ): Promise<Renewal> => {
    const isWanted = ({ accessToken }: OAuthGrant): boolean => refused?.equals(accessToken) !== true
    const stored = await readGrantFile(path)
    if (stored === undefined) return { failure: { kind: 'gone' }, of: known }
    const grant = unsaved.newest(path, stored.grant)
    // Another process has renewed it, or the user has signed in again.
    if (isFresh(grant, date()) && isWanted(grant)) return { grant }
    const renewal = await spend(path, stored.grant, hasLock)
    if ('grant' in renewal || renewal.failure.kind !== 'refused') return renewal
    // A program without our lock may have used the token: then the file has another pair (AU-O7).
    const latest = await readGrantFile(path)
    if (latest === undefined) return renewal
    const other = unsaved.newest(path, latest.grant)
    if (isSameGrant(other, grant)) return renewal
    if (date() < other.expiresAt && isWanted(other)) return { grant: other }
    return spend(path, latest.grant, hasLock)
  }

  /** `refused`: a token that the upstream does not accept, even if it has not expired. Never rejects. */
  return async (path: string, known: OAuthGrant, refused: Secret | undefined): Promise<Renewal> => {
    let hasLock = false
    const work = (): Promise<Renewal> => {
      hasLock = true
      return renew(path, known, refused, true)
    }
    try {
      return await exclusively(linkTarget(path), work, { timeoutMs: lockMs })
    } catch (error) {
      if (hasLock) throw error
      if (error instanceof LockedError) return { failure: { kind: 'busy' }, of: known }
      // A folder that cannot be written has no lock (AU-O6).
      return renew(path, known, refused, false)
    }
  }
}
