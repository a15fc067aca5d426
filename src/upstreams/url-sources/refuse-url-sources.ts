import type { InlineUrlSources } from './inline-url-sources.ts'
import { findUrlBlocks, refuseAt } from './url-blocks.ts'

/**
 * For runtimes that cannot connect to an address that was checked before: each URL that would be fetched is refused,
 * because its host may be a private one (OP-X3).
 */
export const refuseUrlSources: InlineUrlSources = async (request, _signal, { isFetched = () => true }) => {
  const first = findUrlBlocks(request).find(({ block }) => isFetched(block.type))
  if (first === undefined) return request
  throw refuseAt(first)('This server fetches no URLs: send the bytes as base64 instead.')
}
