import { type Json, parseObject } from '../../base/json.ts'
import { completeThinking, type ThinkingContent, toWrittenThinking } from '../openai-entrance/thinking-content.ts'

/**
 * `encrypted_content` of Responses items: clients send it back unchanged, though they may cut or join summaries
 * (OE-R43). The content is encoded and not encrypted: it comes from the client's own conversation.
 */

/** The thinking of one reasoning item. */
export interface CarriedThinking {
  /** The upstream's id: signatures are bound to their model. */
  readonly modelId: string
  readonly content: readonly ThinkingContent[]
}

const thinkingPrefix = 'nx1.'
const summaryPrefix = 'nxc1.'
const version = 1

/** JSON keeps halves of surrogate pairs, which UTF-8 does not have. */
export const encodeCarried = (prefix: string, value: object): string =>
  prefix + Buffer.from(JSON.stringify({ v: version, ...value })).toString('base64url')

export const decodeCarried = (prefix: string, text: string): Json | undefined => {
  if (!text.startsWith(prefix)) return undefined
  const value = parseObject(Buffer.from(text.slice(prefix.length), 'base64url').toString())
  return value?.['v'] === version ? value : undefined
}

export const encodeThinking = ({ modelId, content }: CarriedThinking): string =>
  encodeCarried(thinkingPrefix, { m: modelId, b: content })

/** Returns undefined for content of another server, and for content that a client has changed. */
export const decodeThinking = (text: string): CarriedThinking | undefined => {
  const { m: modelId, b: blocks }: Json = decodeCarried(thinkingPrefix, text) ?? {}
  if (typeof modelId !== 'string' || !Array.isArray(blocks)) return undefined
  const content = completeThinking(blocks.map(toWrittenThinking))
  return content && { modelId, content }
}

/** The summary that replaces a conversation, for a `compaction` item (OE-R45). */
export const encodeSummary = (summary: string): string => encodeCarried(summaryPrefix, { t: summary })

/** Returns undefined for content of another server, and for content that a client has changed. */
export const decodeSummary = (text: string): string | undefined => {
  const summary = decodeCarried(summaryPrefix, text)?.['t']
  return typeof summary === 'string' ? summary : undefined
}
