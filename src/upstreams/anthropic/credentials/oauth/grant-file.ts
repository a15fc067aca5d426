import { readFile } from 'node:fs/promises'
import { setTimeout as resolveAfter } from 'node:timers/promises'
import { parseExact } from '../../../../base/exact-json.ts'
import { linkTarget, replaceFile } from '../../../../base/files/replace-file.ts'
import { isObject, type Json, parseObject } from '../../../../base/json.ts'
import { type OAuthGrant, toGrant } from './grant.ts'
import type { GrantedTokens } from './token-endpoint.ts'

/** Reads and rewrites the tokens in a file of credentials; every other member stays. */

interface GrantFile {
  readonly members: Json
  readonly grant: OAuthGrant
}

const ownerAlone = 0o600

/** A program that writes a file takes less. */
const halfWrittenMs = 50

const readOnce = async (path: string): Promise<GrantFile | undefined> => {
  const text = await readFile(path, 'utf8').catch(() => '')
  const members = parseObject(text.replace(/^\uFEFF/, ''), parseExact)
  const oauth = members?.['oauth']
  const grant = isObject(oauth) ? toGrant(oauth) : undefined
  return members && grant && { members, grant }
}

/** Undefined for a file that is missing or has no tokens. */
export const readGrantFile = async (path: string): Promise<GrantFile | undefined> => {
  const file = await readOnce(path)
  if (file !== undefined) return file
  await resolveAfter(halfWrittenMs)
  return readOnce(path)
}

/** If the answer does not say how long a token is valid: shorter than any known time. */
const assumedSeconds = 3600

/** The grant after a renewal at `now`. */
export const renewedGrant = (before: OAuthGrant, tokens: GrantedTokens, now: number): OAuthGrant => ({
  accessToken: tokens.accessToken,
  refreshToken: tokens.refreshToken ?? before.refreshToken,
  expiresAt: now + (tokens.expiresInSeconds ?? assumedSeconds) * 1000,
  scopes: tokens.scopes ?? before.scopes,
})

/** The members `oauth` of a file. Existing members keep their place. */
export const oauthMembers = (before: unknown, grant: OAuthGrant, { scopes, isMax }: GrantedTokens): Json => ({
  ...(isObject(before) ? before : {}),
  accessToken: grant.accessToken.reveal(),
  ...(grant.refreshToken && { refreshToken: grant.refreshToken.reveal() }),
  expiresAt: grant.expiresAt,
  ...(scopes && { scopes: [...scopes] }),
  ...(isMax !== undefined && { isMax }),
})

/** Rejects with what the file system throws; then the file is unchanged. */
export const writeCredentials = (path: string, members: Json): Promise<void> =>
  replaceFile(linkTarget(path), `${JSON.stringify(members, undefined, 2)}\n`, {
    modeFor: (before) => (before?.mode ?? ownerAlone) & ownerAlone,
  })
