import { readFileSync } from 'node:fs'
import { attempt } from '../../../../base/attempt.ts'
import { parseExact } from '../../../../base/exact-json.ts'
import { exclusively } from '../../../../base/files/file-lock.ts'
import { linkTarget } from '../../../../base/files/replace-file.ts'
import { parseObject } from '../../../../base/json.ts'
import { oauthMembers, renewedGrant, writeCredentials } from './grant-file.ts'
import type { GrantedTokens } from './token-endpoint.ts'

/**
 * Stores the tokens of a login, and resolves to the time when they expire. Members of an existing file that are not
 * credentials stay, such as `slack`. The folder must exist. Rejects with what the file system throws, or with LockedError.
 */
export const writeLogin = async (path: string, tokens: GrantedTokens, now: number): Promise<number> => {
  const target = linkTarget(path)
  const { scopes = [], isMax = false } = tokens
  const grant = renewedGrant({ ...tokens, expiresAt: now, scopes }, tokens, now)
  await exclusively(target, async () => {
    const text = attempt(() => readFileSync(target, 'utf8')) ?? ''
    const { type, oauth, api_key, api_keys, ...others } = parseObject(text, parseExact) ?? {}
    const members = oauthMembers(undefined, grant, { ...tokens, scopes, isMax })
    await writeCredentials(path, { type: 'oauth', oauth: members, ...others })
  })
  return grant.expiresAt
}
