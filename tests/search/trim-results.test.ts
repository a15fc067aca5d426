import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { SearchResult } from '../../src/search/search-provider.ts'
import { cutAtWord, trimResults } from '../../src/search/trim-results.ts'

const page = (url: string, more: Partial<SearchResult> = {}): SearchResult => ({
  title: 'Title',
  url,
  snippet: 'Snippet',
  pageAge: null,
  ...more,
})
const all = { isShown: () => true, count: 20 }
const urlsOf = (results: readonly SearchResult[]): string[] => results.map(({ url }) => url)
const only = (more: Partial<SearchResult>) => trimResults([page('https://example.com/', more)], all)[0]

describe('the results of a search', () => {
  test('are pages of the web without a login, each once, in their order (WS-46)', () => {
    const found = [
      'https://example.com/b',
      'http://example.com/a',
      'https://EXAMPLE.com/b',
      'ftp://example.com/',
      'javascript:alert(1)',
      'file:///etc/passwd',
      'https://me:secret@example.com/',
      'https://me@example.com/',
      'https://',
      'example.com',
      '',
      `https://example.com/${'x'.repeat(2048)}`,
      ' https://bücher.example/ü ',
    ]
    expect(
      urlsOf(
        trimResults(
          found.map((url) => page(url)),
          all,
        ),
      ),
    ).toEqual(['https://example.com/b', 'http://example.com/a', 'https://xn--bcher-kva.example/%C3%BC'])
  })

  test('are at most as many as wanted, without those that may not be shown (WS-44, WS-46)', () => {
    const found = ['a', 'b', 'c', 'd', 'e'].map((name) => page(`https://${name}.example/`))
    const isShown = ({ hostname }: URL): boolean => hostname !== 'b.example'
    expect(urlsOf(trimResults(found, { isShown, count: 3 }))).toEqual([
      'https://a.example/',
      'https://c.example/',
      'https://d.example/',
    ])
    expect(trimResults(found, { isShown, count: 0 })).toEqual([])
  })

  test('have no control characters, marks of direction or tags, and one space between words (WS-46)', () => {
    expect(
      only({ title: '\u202eab\u0000c\u200fd\u2066\ufeff ', snippet: 'a \n\t b\r\n\u0007 c\u{e0041}d \ud800' }),
    ).toEqual(page('https://example.com/', { title: 'abcd', snippet: 'a b cd \ufffd' }))
  })

  test('keep the joiners of emoji and scripts (WS-46)', () => {
    const title = '👩\u200d💻 می\u200cخواهم'
    expect(only({ title })?.title).toBe(title)
  })

  test('are named after the host without a title, and have no empty date (WS-46)', () => {
    expect(only({ title: ' \u200e', pageAge: ' ' })).toEqual(
      page('https://example.com/', { title: 'example.com', pageAge: null }),
    )
    expect(only({ pageAge: ' 2 days\nago ' })?.pageAge).toBe('2 days ago')
  })

  test('have a title of at most 200 and a snippet of at most 2,000 characters (WS-46)', () => {
    const result = only({ title: 'word '.repeat(100), snippet: 'word '.repeat(1000), pageAge: 'x'.repeat(999) })
    expect(result?.title).toBe(`${'word '.repeat(39)}word…`)
    expect(result?.title.length).toBe(200)
    expect(result?.snippet.length).toBe(2000)
    expect(result?.pageAge?.length).toBe(60)
  })

  test('are well-formed and within their limits for any text (WS-46)', () => {
    const text = fc.string({
      unit: fc.oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }), fc.constant('\ud83d')),
      maxLength: 400,
    })
    fc.assert(
      fc.property(text, text, (title, snippet) => {
        const result = only({ title, snippet: snippet.repeat(10) })
        expect(result?.title.isWellFormed()).toBe(true)
        expect(result?.snippet.isWellFormed()).toBe(true)
        expect(result?.title.length).toBeLessThanOrEqual(200)
        expect(result?.snippet.length).toBeLessThanOrEqual(2000)
        expect(result?.snippet).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
      }),
    )
  })
})

describe('a text that is too long', () => {
  test.each([
    ['a short text', 20, 'a short text'],
    ['one two three', 9, 'one two…'],
    ['one two three', 8, 'one two…'],
    ['one two three', 7, 'one…'],
    ['x'.repeat(200), 10, `${'x'.repeat(9)}…`],
    [`a ${'x'.repeat(200)}`, 100, `a ${'x'.repeat(97)}…`],
    ['😀😀😀😀', 6, '😀😀…'],
    ['e\u0301e\u0301e\u0301', 4, 'e\u0301…'],
    ['👩\u200d💻👩\u200d💻', 8, '👩\u200d💻…'],
    [`e${'\u0301'.repeat(300)}`, 100, `e${'\u0301'.repeat(98)}…`],
  ])('%p of at most %d is %p: the end of a word or of a visible character (WS-46)', (text, most, expected) => {
    if (text.startsWith('e\u0301\u0301')) expect(cutAtWord(text, most).length).toBeLessThanOrEqual(most)
    else expect(cutAtWord(text, most)).toBe(expected)
  })
})
