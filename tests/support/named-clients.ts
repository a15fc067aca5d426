import { tokenHashOf } from '../../src/gateway/policy/access.ts'
import type { ClientEntry } from '../../src/wire/clients-file.ts'

/** Named clients and their tokens (OP-A). */

/** As long as a real one. */
export const tokenOf = (name: string): string => `nxc_${name.padEnd(43, '0')}`

export const clientEntry = (name: string, members: Partial<ClientEntry> = {}): ClientEntry => ({
  name,
  tokenHash: tokenHashOf(tokenOf(name)),
  ...members,
})
