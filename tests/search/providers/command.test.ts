import { expect, test } from 'bun:test'
import { createCommandProvider } from '../../../src/search/providers/command.ts'

const query = { query: 'words', count: 8, allowedDomains: [], blockedDomains: [] }

test('reads an answer that begins with a byte order mark, as PowerShell writes it (WS-43)', async () => {
  const result = { title: 'A title', url: 'https://example.com/', snippet: 'An excerpt', publishedAt: '2026-11-29' }
  const provider = createCommandProvider(async () => `\uFEFF${JSON.stringify({ results: [result] })}`)
  const { title, url, snippet, publishedAt: pageAge } = result
  expect(await provider.search(query, new AbortController().signal)).toEqual([{ title, url, snippet, pageAge }])
})
