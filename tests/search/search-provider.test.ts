import { describe, expect, test } from 'bun:test'
import { inspect } from 'node:util'
import { SearchError } from '../../src/search/search-provider.ts'

describe('an error of a search', () => {
  test('has a code for the client and facts for the log, and its message is the fact (WS-25)', () => {
    const error = new SearchError('unavailable', { status: 500, reason: 'The provider answered 500.' })
    expect({ ...error, message: error.message }).toEqual({
      name: 'SearchError',
      code: 'unavailable',
      failure: { status: 500, reason: 'The provider answered 500.' },
      message: 'The provider answered 500.',
    })
    expect(inspect(new SearchError('too_many_requests'))).toStartWith('SearchError: too_many_requests')
  })
})
