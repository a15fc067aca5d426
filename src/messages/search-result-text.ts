import { isBlank } from './blank.ts'

/** A search result as text, for upstreams and models without such blocks. */

/** `name="value"` with a space before it, on one line; empty for a blank value. */
export const attribute = (name: string, value: string): string =>
  isBlank(value) ? '' : ` ${name}="${value.replaceAll('"', '&quot;').replace(/\s+/g, ' ')}"`

export const searchResultText = (source: string, title: string, texts: readonly string[]): string =>
  `<search_result${attribute('source', source)}${attribute('title', title)}>\n${texts.join('\n')}\n</search_result>`
