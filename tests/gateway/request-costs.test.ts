import { expect, test } from 'bun:test'
import { withCosts } from '../../src/gateway/request-costs.ts'
import { requestRecord, usage } from '../support/records.ts'

const record = requestRecord({ usage, cacheClass: 'tools_changed', cacheMissedTokens: 1000 })

test('does not copy the record of a server without prices', () => {
  const uncopied = new Proxy(record, {
    ownKeys() {
      throw new Error('copied')
    },
  })
  expect(withCosts(uncopied, 'claude-sonnet-4.6', undefined)).toBe(uncopied)
})

test('adds both costs by the model that was used, also if the record has no name for it (CA-C8)', () => {
  const models: (string | undefined)[] = []
  const priced = withCosts(record, 'claude-sonnet-4.6', ({ used }) => {
    models.push(used)
    return 2
  })
  expect(priced).toEqual({ ...record, cost: 2, cacheCost: 2 })
  expect(models).toEqual(['claude-sonnet-4.6', 'claude-sonnet-4.6'])
})
