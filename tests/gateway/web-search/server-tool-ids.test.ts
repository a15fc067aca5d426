import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { isOwnServerToolId, toModelToolId, toServerToolId } from '../../../src/gateway/web-search/server-tool-ids.ts'

describe('ids of searches', () => {
  test('become ids that Anthropic accepts, and the same ids again (WS-31)', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aZ09_-.:|é'), minLength: 1, maxLength: 64 }), (id) => {
        const serverId = toServerToolId(id)
        expect(serverId).toMatch(/^srvtoolu_[a-zA-Z0-9_]+$/)
        expect(isOwnServerToolId(serverId)).toBe(true)
        expect(toModelToolId(serverId)).toBe(id)
      }),
    )
    expect(toServerToolId('tooluse_a-1')).toBe('srvtoolu_nca1_tooluse_5f_a_2d_1')
  })

  test('a foreign id stays as it is (WS-31)', () => {
    for (const id of ['srvtoolu_01AbC', 'srvtoolu_nca1_', 'toolu_1']) {
      expect(isOwnServerToolId(id)).toBe(false)
      expect(toModelToolId(id)).toBe(id)
    }
  })
})
