import type { SearchResult } from './search-provider.ts'

/** Makes results of a provider safe to show: their form, their length, and each page once (WS-46). */

const longestUrl = 2048
const longestTitle = 200
const longestSnippet = 2000
/** A date; a provider may send any text. */
const longestPageAge = 60

/**
 * Control characters, marks that change the direction of text, and tags, which no screen shows but a model reads.
 * Joiners stay: emoji and some scripts need them.
 */
const unseen = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]+/gu

const plain = (text: string): string =>
  text.toWellFormed().replaceAll(/\s+/gu, ' ').replaceAll(unseen, '').replaceAll(/ {2,}/g, ' ').trim()

const ellipsis = '…'
/** Characters. A longer word is cut. */
const longestWord = 60
/** Characters that belong to one visible character, at most. */
const longestCluster = 32

/** Marks that change the character before them, joiners, and the second half of a surrogate pair. */
const continues = /^(?:\p{M}|\u200d|[\udc00-\udfff])/u

/** Whether a text may end before this index. */
const isBoundary = (text: string, index: number): boolean =>
  text[index - 1] !== '\u200d' && !continues.test(text.slice(index, index + 2))

/** Cuts at the end of a word, otherwise at the end of a visible character. */
export const cutAtWord = (text: string, most: number): string => {
  if (text.length <= most) return text
  const limit = most - ellipsis.length
  const space = text.lastIndexOf(' ', limit)
  if (space > 0 && limit - space <= longestWord) return `${text.slice(0, space).trimEnd()}${ellipsis}`
  let end = limit
  while (end > 0 && limit - end < longestCluster && !isBoundary(text, end)) end -= 1
  return `${text.slice(0, end)}${ellipsis}`.toWellFormed()
}

/** Returns undefined for anything but a page of the web without a login. */
const pageOf = (text: string): URL | undefined => {
  const url = URL.parse(text.trim())
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined
  return url.username === '' && url.password === '' && url.href.length <= longestUrl ? url : undefined
}

interface TrimOptions {
  readonly isShown: (url: URL) => boolean
  /** Most results. */
  readonly count: number
}

/** Keeps the order. */
export const trimResults = (found: Iterable<SearchResult>, { isShown, count }: TrimOptions): SearchResult[] => {
  const results = new Map<string, SearchResult>()
  for (const { title, url: text, snippet, pageAge } of found) {
    const url = pageOf(text)
    if (results.size >= count) break
    if (url === undefined || results.has(url.href) || !isShown(url)) continue
    results.set(url.href, {
      title: cutAtWord(plain(title), longestTitle) || url.host,
      url: url.href,
      snippet: cutAtWord(plain(snippet), longestSnippet),
      pageAge: pageAge === null ? null : cutAtWord(plain(pageAge), longestPageAge) || null,
    })
  }
  return [...results.values()]
}
