import { describe, expect, test } from 'bun:test'
import type { CacheClass } from '../../../src/gateway/cache-audit/cache-class.ts'
import { accessPieces } from '../../../src/gateway/log/access-line.ts'
import { toAccessFields } from '../../../src/gateway/observers/access-log.ts'
import { requestRecord, usage } from '../../support/records.ts'

const piecesOf = (cacheClass: CacheClass | undefined, cacheMissedTokens = 21_400) => {
  const record = requestRecord({
    usage: { ...usage, cache_read_input_tokens: 22_900 },
    cacheClass,
    cacheMissedTokens: cacheClass && cacheMissedTokens,
  })
  return accessPieces({ level: 'info', event: 'request.answered', fields: toAccessFields(record) })
}

const textOf = (cacheClass: CacheClass | undefined, missed?: number): string =>
  piecesOf(cacheClass, missed)
    .map(({ text }) => text)
    .join(' ')

describe('the line of a request whose cache is audited', () => {
  test('has the class of a miss and the missed tokens behind the cached ones (CA-L1)', () => {
    expect(textOf('tools_changed')).toContain(' cached 22.9k miss tools_changed 21.4k out ')
    expect(textOf('ttl_expired_5m')).toContain(' cached 22.9k miss ttl_expired_5m 21.4k out ')
    expect(textOf('upstream_evicted', 0)).toContain(' cached 22.9k miss upstream_evicted out ')
  })

  test.each(['hit', 'cold', 'below_minimum', 'unknown', undefined] as const)(
    'has nothing for %p (CA-L1)',
    (cacheClass) => {
      expect(textOf(cacheClass)).toContain(' cached 22.9k out ')
    },
  )

  test.each(['translation_changed', 'marker_moved'] as const)(
    'calls %s ours, in the colour of warnings (CA-L1)',
    (cacheClass) => {
      expect(piecesOf(cacheClass)).toContainEqual({ text: 'miss ours 21.4k', paint: 'yellow' })
    },
  )

  test('has no colour for a miss that is not a fault of this server (CA-L1)', () => {
    expect(piecesOf('settings_changed')).toContainEqual({ text: 'miss settings_changed 21.4k', paint: undefined })
  })
})
