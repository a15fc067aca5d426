import type { Secret } from '../../base/secret.ts'
import { UsageError } from '../../base/usage-error.ts'
import type { Config } from '../../config/load.ts'

/** The credential decides about them (AU-H3). The format of bodies on the wire belongs to the connection. */
const refusedHeaders: ReadonlySet<string> = new Set(['authorization', 'x-api-key', 'accept-encoding'])

/** Throws UsageError for a header that would replace a credential. */
export const headersOf = ({ anthropic: { headers } }: Config): ReadonlyMap<string, Secret> => {
  const refused = [...headers.keys()].find((name) => refusedHeaders.has(name.toLowerCase()))
  if (refused === undefined) return headers
  throw new UsageError(`anthropic.headers must not set ${refused}. Remove it.`)
}
