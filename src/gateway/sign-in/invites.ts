import type { StoredInvite } from '../../wire/sign-in-file.ts'
import { type Codes, hashOf } from './codes.ts'

/** One-time codes with which a client approves its own sign-in (SI-P4). It keeps hashes alone. */

interface InvitesOptions {
  readonly stored: readonly StoredInvite[]
  readonly codes: Codes
  readonly date: () => number
}

export const createInvites = ({ stored, codes, date }: InvitesOptions) => {
  const byHash = new Map(stored.map((invite) => [invite.hash, invite]))
  const removeExpired = (): void => {
    for (const [hash, { expiresAt }] of byHash) if (date() >= expiresAt) byHash.delete(hash)
  }
  return {
    create(name: string, lifetimeMs: number): string {
      removeExpired()
      const code = codes.invite()
      const hash = hashOf(code)
      byHash.set(hash, { hash, name, expiresAt: date() + lifetimeMs })
      return code
    },
    /** The name that the invite approves; undefined for a wrong one. */
    nameOf(code: string): string | undefined {
      removeExpired()
      return byHash.get(hashOf(code))?.name
    },
    remove(code: string): void {
      byHash.delete(hashOf(code))
    },
    list(): readonly StoredInvite[] {
      removeExpired()
      return [...byHash.values()]
    },
  }
}
