import { describe, expect, test } from 'bun:test'
import { brave } from '../../../src/search/providers/brave.ts'
import type { SearchQuery } from '../../../src/search/search-provider.ts'

const sent = (query: string, more: Partial<SearchQuery> = {}) =>
  brave.toRequest({ query, count: 8, allowedDomains: [], blockedDomains: [], ...more }, '')

describe('a query for Brave', () => {
  const words = (count: number): string => Array.from({ length: count }, (_, index) => `w${index}`).join(' ')

  test('has at most 50 words and 400 characters, also with domains (WS-41)', () => {
    expect(sent(words(60))).toMatchObject({ parameters: { q: words(50) } })
    const two = { allowedDomains: ['a.example', 'b.example'] }
    expect(sent(words(47), two)).toMatchObject({
      parameters: { q: `${words(47)} (site:a.example OR site:b.example)` },
    })
    expect(sent(words(48), two)).toMatchObject({ parameters: { q: words(48) } })
    expect(sent('x'.repeat(390), two)).toMatchObject({ parameters: { q: 'x'.repeat(390) } })
  })

  test('has no more than eight domains (WS-44)', () => {
    const domains = Array.from({ length: 9 }, (_, index) => `${index}.example`)
    expect(sent('a', { allowedDomains: domains })).toEqual({ parameters: { q: 'a', count: '20', country: undefined } })
    expect(sent('a', { allowedDomains: ['a.example/docs'] })).toMatchObject({ parameters: { q: 'a site:a.example' } })
  })

  test.each([
    ['de', 'DE'],
    ['GB', 'GB'],
    ['UA', undefined],
    [undefined, undefined],
  ])('has the country %p as %p: Brave refuses others (WS-45)', (country, expected) => {
    expect(sent('a', { location: { country } })).toMatchObject({ parameters: { country: expected } })
  })
})

test('results of Brave are plain text, without marks and entities (WS-46)', () => {
  const description =
    'R&amp;D &lt;b&gt; <strong>Bun</strong> &#x27;2&#39; &quot;x&quot; &unknown; &#0; &#x110000; &copy; a&b <b>'
  expect(brave.toResults({ web: { results: [{ url: 'https://a.example', description }] } })).toEqual([
    {
      title: '',
      url: 'https://a.example',
      snippet: `R&D <b> Bun '2' "x" &unknown; &#0; &#x110000; &copy; a&b <b>`,
      pageAge: null,
    },
  ])
})
