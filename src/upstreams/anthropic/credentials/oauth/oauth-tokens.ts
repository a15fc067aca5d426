import { basename } from 'node:path'
import { setTimeout as resolveAfter } from 'node:timers/promises'
import type { Logger } from '../../../../base/logger.ts'
import type { Secret } from '../../../../base/secret.ts'
import type { CredentialDegradation } from '../../../upstream.ts'
import { createClockWarning } from './clock-warning.ts'
import type { OAuthGrant } from './grant.ts'
import { createRenewal, isFresh, type Renewal } from './renewal.ts'
import { createRenewalPauses, failureError, failureWords, logFailure } from './renewal-failures.ts'
import type { TokenEndpoint } from './token-endpoint.ts'
import { createUnsavedGrants } from './unsaved-grants.ts'

/** A file of credentials whose type is `oauth`, as it was last read. */
export interface OAuthFile {
  /** Absolute. */
  readonly path: string
  /** The name of the domain for `auth login`. */
  readonly domain: string
  readonly grant: OAuthGrant
}

/** Access tokens of credential files, renewed ahead of their expiry. */
export interface OAuthTokens {
  /** Resolves to a valid access token. Rejects with GatewayError if there is none (AU-O8, AU-O11). */
  token(file: OAuthFile): Promise<Secret>
  /**
   * The upstream has refused the token with a 401: resolves to another one, or to undefined if the answer is to be
   * relayed (AU-O9): also for a token that has replaced a refused one a moment ago. `date` is the header of that answer
   * (AU-O10). Never rejects.
   */
  renew(file: OAuthFile, refused: Secret, date?: string | null): Promise<Secret | undefined>
  /** Files whose renewed tokens could not be written (AU-O6), or whose renewal fails (AU-O7). */
  readonly problems: () => readonly CredentialDegradation[]
}

/** A credential that another program renews (AU-O14): the same without a file. */
export interface LoginTokens {
  token(): Promise<Secret>
  renew(refused: Secret): Promise<Secret | undefined>
}

export interface OAuthTokensOptions {
  readonly endpoint: TokenEndpoint
  readonly log: Logger
  /** Milliseconds since 1970. */
  readonly date: () => number
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** How long a request waits for a renewal. */
  readonly waitMs?: number
  /** The same while the token has not expired. */
  readonly validWaitMs?: number
}

/** Longer than two calls of the endpoint, shorter than the timeout of clients (AU-O11). */
const usualWaitMs = 20_000
/** Longer than a usual renewal: with a valid token, no request waits for an endpoint that hangs (AU-O7). */
const usualValidWaitMs = 2000

/** A token that is refused although it is new is refused for another reason: the next one would be refused, too. */
const newMs = 60_000

/** The tokens that were new after a refusal, so that one bad credential does not renew its tokens with each request. */
const createNewTokens = (now: () => number) => {
  const tokens = new Map<string, { readonly token: Secret; readonly until: number }>()
  return {
    add(path: string, token: Secret): void {
      tokens.set(path, { token, until: now() + newMs })
    },
    has(path: string, token: Secret): boolean {
      const found = tokens.get(path)
      return found !== undefined && now() < found.until && found.token.equals(token)
    },
  }
}

/** The renewals that are under way: all requests for a file share one (AU-O4). */
const createFlights = (start: (file: OAuthFile, refused: Secret | undefined) => Promise<Renewal>) => {
  const flights = new Map<string, Promise<Renewal>>()
  const begin = (file: OAuthFile, refused: Secret | undefined): Promise<Renewal> => {
    const flight = start(file, refused).finally(() => flights.delete(file.path))
    flights.set(file.path, flight)
    return flight
  }
  return async (file: OAuthFile, refused?: Secret): Promise<Renewal> => {
    for (let flight = flights.get(file.path); flight !== undefined; flight = flights.get(file.path)) {
      const renewal = await flight
      // A renewal that began before the refusal may have adopted the refused token.
      if (refused === undefined || 'failure' in renewal || !refused.equals(renewal.grant.accessToken)) return renewal
    }
    return begin(file, refused)
  }
}

/** A renewal that takes longer goes on for the next requests. */
const waitFor = async (flight: Promise<Renewal>, of: OAuthGrant, waitMs: number): Promise<Renewal> => {
  const over = new AbortController()
  const late = resolveAfter(waitMs, undefined, { signal: over.signal, ref: false }).then(
    (): Renewal => ({ failure: { kind: 'slow' }, of }),
  )
  late.catch(() => {})
  return Promise.race([flight, late]).finally(() => over.abort())
}

export const createOAuthTokens = (options: OAuthTokensOptions): OAuthTokens => {
  const { endpoint, log, date, now, waitMs = usualWaitMs, validWaitMs = usualValidWaitMs } = options
  const domains = new Map<string, string>()
  const unsaved = createUnsavedGrants()
  const pauses = createRenewalPauses(now)
  const newTokens = createNewTokens(now)
  const onDate = createClockWarning(log, date)
  const renew = createRenewal({ endpoint, unsaved, log, date, onDate })

  const failedFile = (path: string) => ({
    name: basename(path),
    domain: domains.get(path) ?? '',
    host: endpoint.host,
  })

  const fly = createFlights(async (file, refused) => {
    domains.set(file.path, file.domain)
    const renewal = await renew(file.path, file.grant, refused)
    if ('grant' in renewal) pauses.end(file.path)
    else {
      logFailure(log, renewal.failure, failedFile(file.path))
      pauses.begin(file.path, renewal.failure, renewal.of)
    }
    return renewal
  })

  return {
    async token(file) {
      const grant = unsaved.newest(file.path, file.grant)
      // Ends the pause of tokens that the file does not have any more.
      const pause = pauses.find(file.path, grant)
      if (isFresh(grant, date())) return grant.accessToken
      const isValid = date() + validWaitMs < grant.expiresAt
      const renewal = pause ?? (await waitFor(fly(file), grant, isValid ? validWaitMs : waitMs))
      if ('grant' in renewal) return renewal.grant.accessToken
      if (date() < grant.expiresAt) return grant.accessToken
      domains.set(file.path, file.domain)
      const { waitSeconds = 0 } = pauses.find(file.path, grant) ?? {}
      throw failureError(renewal.failure, failedFile(file.path), waitSeconds)
    },
    async renew(file, refused, answerDate) {
      onDate(answerDate)
      const grant = unsaved.newest(file.path, file.grant)
      if (date() < grant.expiresAt && !refused.equals(grant.accessToken)) return grant.accessToken
      if (newTokens.has(file.path, refused) || pauses.find(file.path, grant) !== undefined) return undefined
      const renewal = await waitFor(fly(file, refused), grant, waitMs)
      if (!('grant' in renewal) || refused.equals(renewal.grant.accessToken)) return undefined
      newTokens.add(file.path, renewal.grant.accessToken)
      return renewal.grant.accessToken
    },
    problems: () => [
      ...unsaved.paths().map((path) => ({
        file: basename(path),
        note: `its renewed tokens could not be written: a restart will need \`auth login ${domains.get(path)}\``,
      })),
      ...pauses.entries().map(([path, failure]) => ({
        file: basename(path),
        note: `its tokens could not be renewed: ${failureWords(failure, failedFile(path))}`,
      })),
    ],
  }
}
