import { isObject } from '../../base/json.ts'

/**
 * What a search result carries through the client's history, so that no memory is needed. Encoded, not encrypted:
 * each client can read it. Claude Code takes a value with other characters than these for the text of a page.
 */

const mark = 'nca1_'
const carried = /^nca1_([A-Za-z0-9_-]+)$/

/** Bytes, after inflating. Far more than a snippet has. */
const mostBytes = 64 * 1024
/** Text that does not get shorter gets a third longer by base64. */
const mostCharacters = 2 * mostBytes
/** For all texts of a history. More than any model reads. */
const mostHistoryBytes = 8 * 1024 * 1024

export interface CarriedText {
  encode(text: string): string
  /** Undefined for a value that is not ours, damaged, or too long. */
  decode(value: unknown): string | undefined
}

/** Loads `node:zlib` on first use. */
export const loadCarriedText = async (): Promise<CarriedText> => {
  const { deflateSync, inflateSync } = await import('node:zlib')
  return {
    encode: (text) => mark + deflateSync(JSON.stringify({ t: text })).toString('base64url'),

    decode(value) {
      if (typeof value !== 'string' || value.length > mostCharacters) return undefined
      const encoded = carried.exec(value)?.[1]
      if (encoded === undefined) return undefined
      try {
        const json = inflateSync(Buffer.from(encoded, 'base64url'), { maxOutputLength: mostBytes }).toString()
        const content: unknown = JSON.parse(json)
        return isObject(content) && typeof content['t'] === 'string' ? content['t'] : undefined
      } catch {
        // The client, or a proxy, has changed it.
        return undefined
      }
    },
  }
}

/**
 * Decodes the texts of one history, and none after too many: 100 bytes inflate to 64 KB, so a request of some megabytes
 * would become gigabytes.
 */
export const createHistoryDecoder = ({ decode }: Pick<CarriedText, 'decode'>): CarriedText['decode'] => {
  let left = mostHistoryBytes
  return (value) => {
    if (left <= 0 || typeof value !== 'string' || !value.startsWith(mark)) return undefined
    const text = decode(value)
    // A damaged or longer text may have cost as much.
    left -= text?.length ?? mostBytes
    return text
  }
}

/** Where a citation points. */
interface CitedPlace {
  /** The id of the search. */
  readonly use: string
  /** From 0, in the search's results. */
  readonly result: number
  /** The first and the last part of the result's text; the end is exclusive. */
  readonly start: number
  readonly end: number
}

export const toEncryptedIndex = ({ use, result, start, end }: CitedPlace): string =>
  mark + Buffer.from(JSON.stringify({ use, result, start, end })).toString('base64url')
