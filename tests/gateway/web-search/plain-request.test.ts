import { describe, expect, test } from 'bun:test'
import { toCountedRequest, toPlainRequest } from '../../../src/gateway/web-search/plain-request.ts'
import type { MessagesRequest } from '../../../src/wire/anthropic/request.ts'
import { request } from '../../support/chain.ts'
import { foreignSearch, found, searchResult, searchUse } from '../../support/search-blocks.ts'
import { assistant, user } from '../../support/translate.ts'

const search = { type: 'web_search_20250305', name: 'web_search' }
const options = { takesSearchResults: true } as const

describe('plain requests', () => {
  test('a request without the tool and without searches stays the same object (WS-1)', async () => {
    const plain = request({ tools: [{ type: 'web_fetch_20250910', name: 'web_fetch' }] }) as MessagesRequest
    expect(await toPlainRequest(plain, options)).toBeUndefined()
    expect(await toCountedRequest(options)(plain)).toBe(plain)
    const foreign = [user('Question'), assistant(...foreignSearch('srvtoolu_01'), 'Answer.'), user('Next')]
    expect(await toPlainRequest(request({ messages: foreign }) as MessagesRequest, options)).toBeUndefined()
  })

  test('a count has the plain tool and the texts of the results (WS-36)', async () => {
    const messages = [
      user('Question'),
      assistant(searchUse('a'), searchResult('a', { results: [found('a long text')] }), 'Answer.'),
      user('Next'),
    ]
    const counted = await toCountedRequest(options)(request({ messages, tools: [search] }) as MessagesRequest)
    expect(counted.tools?.[0]).toHaveProperty('input_schema')
    expect(JSON.stringify(counted.messages)).toContain('"text":"a long text"')
  })

  test('an invalid tool is refused in a count, too (WS-6)', async () => {
    const invalid = request({ tools: [{ ...search, max_uses: 0 }] }) as MessagesRequest
    await expect(toCountedRequest(options)(invalid)).rejects.toThrow('tools.0.max_uses')
  })
})
