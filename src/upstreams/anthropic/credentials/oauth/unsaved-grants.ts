import type { OAuthGrant } from './grant.ts'

/** Grants that could not be written to their files, so that only this process has them (AU-O6). */

interface Unsaved {
  /** The file still has this one, which is spent. */
  readonly stored: OAuthGrant
  readonly grant: OAuthGrant
}

export const isSameRefreshToken = ({ refreshToken: left }: OAuthGrant, { refreshToken: right }: OAuthGrant): boolean =>
  left === undefined || right === undefined ? left === right : left.equals(right)

/** Whether both have the same tokens. A server may renew the access token alone. */
export const isSameGrant = (left: OAuthGrant, right: OAuthGrant): boolean =>
  isSameRefreshToken(left, right) && left.accessToken.equals(right.accessToken)

export const createUnsavedGrants = () => {
  const unsaved = new Map<string, Unsaved>()
  return {
    /** The newest grant of a file that has `stored`. A file that has changed meanwhile wins. */
    newest(path: string, stored: OAuthGrant): OAuthGrant {
      const found = unsaved.get(path)
      if (found === undefined) return stored
      if (isSameGrant(found.stored, stored)) return found.grant
      unsaved.delete(path)
      return stored
    },
    keep(path: string, stored: OAuthGrant, grant: OAuthGrant): void {
      unsaved.set(path, { stored, grant })
    },
    drop(path: string): void {
      unsaved.delete(path)
    },
    paths: (): readonly string[] => [...unsaved.keys()],
  }
}

export type UnsavedGrants = ReturnType<typeof createUnsavedGrants>
