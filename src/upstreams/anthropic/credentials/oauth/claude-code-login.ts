import { readFile } from 'node:fs/promises'
import { setTimeout as resolveAfter } from 'node:timers/promises'
import { GatewayError } from '../../../../base/errors.ts'
import { isObject, parseObject } from '../../../../base/json.ts'
import type { Secret } from '../../../../base/secret.ts'
import { type OAuthGrant, toGrant } from './grant.ts'
import type { LoginTokens } from './oauth-tokens.ts'

/**
 * Claude Code's own sign-in on this machine. It is read, never renewed and never written: a refresh token can be used
 * once, so a renewal by us would end the user's own session (AU-O15).
 */

export interface ClaudeCodeLoginOptions {
  /** Claude Code's `.credentials.json`. */
  readonly file: string
  /** Reads the item of the keychain, which has the same text as the file; absent where Claude Code uses none. */
  readonly readKeychain?: () => Promise<string | undefined>
  /** A token of `claude setup-token`: it comes first. */
  readonly setupToken?: Secret | undefined
  /** Milliseconds since 1970. */
  readonly date: () => number
  /** Milliseconds, monotonic. */
  readonly now: () => number
  readonly keychainMs?: number
}

/** A keychain may open a window for the user. */
const usualKeychainMs = 5000
/** A user who closes that window does not want to see it with every request. */
const keychainPauseMs = 30_000

const parseLogin = (text: string | undefined): OAuthGrant | undefined => {
  const members = parseObject(text ?? '')?.['claudeAiOauth']
  return isObject(members) ? toGrant(members) : undefined
}

const failure = (message: string): GatewayError =>
  new GatewayError('authentication_error', message, { shouldRetry: false, isLoggable: true })

/** Reads the keychain within a time, and seldom. */
const createKeychainReader = ({
  readKeychain,
  now,
  keychainMs = usualKeychainMs,
}: Pick<ClaudeCodeLoginOptions, 'readKeychain' | 'now' | 'keychainMs'>) => {
  let last: { readonly at: number; readonly text: string | undefined } | undefined
  return async (): Promise<string | undefined> => {
    if (readKeychain === undefined) return undefined
    if (last !== undefined && now() - last.at < keychainPauseMs) return last.text
    const late = resolveAfter(keychainMs, undefined, { ref: false })
    const text = await Promise.race([readKeychain().catch(() => undefined), late])
    last = { at: now(), text }
    return text
  }
}

export const createClaudeCodeLogin = (options: ClaudeCodeLoginOptions): LoginTokens => {
  const { file, setupToken, date } = options
  const readKeychainText = createKeychainReader(options)
  let known: OAuthGrant | undefined
  let reading: Promise<OAuthGrant | undefined> | undefined

  const isValid = (grant: OAuthGrant | undefined): grant is OAuthGrant =>
    grant !== undefined && date() < grant.expiresAt

  /** The keychain comes first; an item of it that has expired may be older than the file. */
  const read = async (): Promise<OAuthGrant | undefined> => {
    const inKeychain = parseLogin(await readKeychainText())
    if (isValid(inKeychain)) return inKeychain
    return parseLogin(await readFile(file, 'utf8').catch(() => '')) ?? inKeychain
  }

  /** Requests share one read. */
  const refreshed = (): Promise<OAuthGrant | undefined> => {
    reading ??= read()
      .then((grant) => {
        known = grant
        return grant
      })
      .finally(() => {
        reading = undefined
      })
    return reading
  }

  return {
    async token() {
      if (setupToken !== undefined) return setupToken
      if (isValid(known)) return known.accessToken
      const grant = await refreshed()
      if (grant === undefined) throw failure('Claude Code is not signed in on this machine: run `claude` once')
      if (!isValid(grant)) throw failure("Claude Code's sign-in is stale: run `claude` once")
      return grant.accessToken
    },
    async renew(refused) {
      if (setupToken !== undefined) return undefined
      if (isValid(known) && !refused.equals(known.accessToken)) return known.accessToken
      const grant = await refreshed()
      return isValid(grant) && !refused.equals(grant.accessToken) ? grant.accessToken : undefined
    },
  }
}
