import type { GatewayError } from '../../../base/errors.ts'
import type { Secret } from '../../../base/secret.ts'
import { NexusError } from '../../../upstreams/nexus/errors.ts'
import { untrustedText } from '../../terminal/untrusted-text.ts'

/** Words of AI Nexus for the table and for maintainers: short, and without names of keys, accounts and machines (MX-D6). */

const longest = 200

/** What the words must not contain. */
export interface Hidden {
  readonly apiKey: Secret
  /** Of the endpoint, without its port. */
  readonly host: string
  /** Whether ids of requests stay. */
  readonly withIds: boolean
}

const requestId = /\b(?:[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}|req_[a-z\d]{8,})\b/gi

/** In this order: an ARN contains an account, a URL a host. */
const masks: readonly (readonly [RegExp, string])[] = [
  [/\barn:[\w-]+:\S+/gi, '<arn>'],
  [/\bhttps?:\/\/[^\s'"<>]+/gi, '<url>'],
  [/\b(?:Bearer|Basic)\s+\S+/gi, '<token>'],
  [/\beyJ[\w-]+\.[\w-]+(?:\.[\w-]+)?/g, '<token>'],
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '<address>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, '<ip>'],
  [/\b\d{12}\b/g, '<account>'],
  [/(?<![\w<])(?=[\w+/=-]*\d)[A-Za-z\d+/_=-]{32,}/g, '<token>'],
]

const shortened = (text: string): string => {
  const characters = [...text]
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}…`
}

export const maskedWords = (words: string, { apiKey, host, withIds }: Hidden): string => {
  const line = untrustedText(apiKey.hiddenIn(words)).replaceAll(/\s+/g, ' ').trim()
  const ids: string[] = []
  const withoutIds = line.replaceAll(requestId, (id) => {
    ids.push(id)
    return `<id ${ids.length}>`
  })
  const masked = masks
    .reduce((text, [pattern, by]) => text.replaceAll(pattern, by), withoutIds)
    .replaceAll(host, '<host>')
    .replaceAll(/<id (\d+)>/g, (_, index) => (withIds ? (ids[Number(index) - 1] ?? '') : '<id>'))
  return shortened(masked)
}

/** The upstream's own words, or ours if it did not answer. */
export const wordsOf = (error: GatewayError, hidden: Hidden): string =>
  error instanceof NexusError
    ? `AI Nexus: ${maskedWords(error.upstreamWords, hidden)}`
    : maskedWords(error.message, hidden)
