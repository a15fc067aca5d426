import { basename } from 'node:path'
import { errorCode } from '../../../../base/error-code.ts'
import type { Logger } from '../../../../base/logger.ts'
import type { OAuthGrant } from './grant.ts'
import { oauthMembers, readGrantFile, renewedGrant, writeCredentials } from './grant-file.ts'
import type { GrantedTokens } from './token-endpoint.ts'
import { isSameRefreshToken, type UnsavedGrants } from './unsaved-grants.ts'

interface GrantSaverOptions {
  readonly unsaved: UnsavedGrants
  readonly log: Logger
  /** Milliseconds since 1970. */
  readonly date: () => number
}

/** A renewal that the endpoint has granted. */
export interface GrantedRenewal {
  /** The grant in the file when the renewal began. */
  readonly stored: OAuthGrant
  /** The grant whose refresh token is spent now: `stored`, or a newer one that could not be written. */
  readonly spent: OAuthGrant
  readonly tokens: GrantedTokens
  readonly hasLock: boolean
}

const spentNote = 'the refresh token in the file is spent: a restart will need `auth login`'

/** Writes renewed tokens to their file, or keeps them in memory (AU-O6). */
export const createGrantSaver = ({ unsaved, log, date }: GrantSaverOptions) => {
  const reported = new Set<string>()

  /** One warning for each file. */
  const reportUnsaved = (path: string, error: unknown, hasLock: boolean): void => {
    if (reported.has(path)) return
    reported.add(path)
    log.warn('credential.not_kept', {
      file: basename(path),
      reason: errorCode(error) ?? 'the file is gone',
      note: hasLock ? spentNote : `${spentNote}. Without a lock, another process may renew the same tokens`,
    })
  }

  /** A login that was stored during the call stays, and its tokens are used instead. */
  const supersede = (path: string, renewed: OAuthGrant, stored: OAuthGrant): OAuthGrant => {
    log.info('credential.superseded', {
      file: basename(path),
      token: stored.accessToken.fingerprint(),
      unused: renewed.accessToken.fingerprint(),
    })
    return date() < stored.expiresAt ? stored : renewed
  }

  /** Writes the new tokens before they are used: the refresh token in the file is spent (AU-O5). */
  return async (path: string, { stored, spent, tokens, hasLock }: GrantedRenewal): Promise<OAuthGrant> => {
    const grant = renewedGrant(spent, tokens, date())
    // Another program may have changed the file during the call.
    const file = await readGrantFile(path)
    if (file !== undefined && !isSameRefreshToken(file.grant, stored)) return supersede(path, grant, file.grant)
    try {
      if (file === undefined) throw new Error('The file has no tokens.')
      await writeCredentials(path, { ...file.members, oauth: oauthMembers(file.members['oauth'], grant, tokens) })
      unsaved.drop(path)
      reported.delete(path)
    } catch (error) {
      unsaved.keep(path, file?.grant ?? stored, grant)
      reportUnsaved(path, error, hasLock)
    }
    log.info('credential.renewed', {
      file: basename(path),
      token: grant.accessToken.fingerprint(),
      before: spent.accessToken.fingerprint(),
      expiresInSeconds: Math.round((grant.expiresAt - date()) / 1000),
      // The answer did not say for how long.
      assumed: tokens.expiresInSeconds === undefined ? true : undefined,
    })
    return grant
  }
}
