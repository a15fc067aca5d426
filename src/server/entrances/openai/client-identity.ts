import { sha256Hex } from '../../../runtime/hash.ts'
import type { RequestScope } from '../../http/request-scope.ts'

const credentialHeaders = ['x-api-key', 'api-key', 'authorization'] as const

/**
 * A name for the client of a request, for what the server keeps in memory: clients of different domains, or with
 * different credentials, do not share it. Contains no credential.
 */
export const clientIdentityOf = ({ headers }: Request, { domain }: Pick<RequestScope, 'domain'>): string =>
  sha256Hex(JSON.stringify([domain?.name, ...credentialHeaders.map((name) => headers.get(name))]))
