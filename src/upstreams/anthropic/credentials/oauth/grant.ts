import type { Json } from '../../../../base/json.ts'
import { Secret } from '../../../../base/secret.ts'
import { isCredentialText } from '../credential.ts'

/** The tokens of a credential file: its member `oauth`, or `claudeAiOauth` in Claude Code's own file. */
export interface OAuthGrant {
  readonly accessToken: Secret
  /** Absent in a file that cannot be renewed. */
  readonly refreshToken: Secret | undefined
  /** Milliseconds since 1970; 0 if the file does not say. */
  readonly expiresAt: number
  readonly scopes: readonly string[]
}

/** A later date in seconds has eleven digits, and an earlier one in milliseconds is before 1971. */
const largestSeconds = 9_999_999_999

/** Ten digits are seconds. Anything but a positive number counts as expired (AU-O10). */
const toExpiry = (value: unknown): number => {
  if (typeof value !== 'number' || !(value > 0)) return 0
  return value <= largestSeconds ? value * 1000 : value
}

const toSecret = (value: unknown): Secret | undefined => (isCredentialText(value) ? new Secret(value) : undefined)

const stringsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []

/** Returns undefined without an access token, or with one that no header can carry. */
export const toGrant = (members: Json): OAuthGrant | undefined => {
  const accessToken = toSecret(members['accessToken'])
  if (accessToken === undefined) return undefined
  return {
    accessToken,
    refreshToken: toSecret(members['refreshToken']),
    expiresAt: toExpiry(members['expiresAt']),
    scopes: stringsIn(members['scopes']),
  }
}
