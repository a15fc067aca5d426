import type { ConverseRequest } from '../wire/converse/request.ts'

/**
 * Lifetimes of cache markers: as the client asks (`client` and `1h`, which only changes how Claude Code is started), five
 * minutes at most, or by their place in the prompt.
 */
export type CacheTtl = 'client' | '5m' | '1h' | 'mixed'

/**
 * What the administrator can configure about the translation: choices that the specification leaves open, and settings
 * that no client request can express.
 */
export interface TranslationPolicy {
  /** `visual`: PDFs are sent with citations, without which Converse reads only their text. */
  readonly pdf: 'visual' | 'text'
  /** Beyond Bedrock's limit of images and documents: omit the oldest, or refuse, so that the client removes some. */
  readonly excessMedia: 'omit' | 'refuse'
  /** System messages within the conversation: as text in the user's turn, or unchanged if the model supports them. */
  readonly systemMessages: 'reminder' | 'native'
  /** Claude Code's first system line, which prevents sharing of the prompt cache. */
  readonly billingHeader: 'drop' | 'keep'
  /** `strict` of a tool: large schemas fail with it after minutes. */
  readonly strictTools: 'drop' | 'send'
  readonly cacheTtl: CacheTtl
  /** Beta flags to send in addition to those that Converse is known to accept. */
  readonly extraBetas: readonly string[]
  /** Members of every Converse request that Anthropic's protocol does not have. */
  readonly fixed: Pick<ConverseRequest, 'guardrailConfig' | 'performanceConfig' | 'serviceTier'>
}

export const defaultPolicy: TranslationPolicy = {
  pdf: 'visual',
  excessMedia: 'omit',
  systemMessages: 'reminder',
  billingHeader: 'drop',
  strictTools: 'drop',
  cacheTtl: 'client',
  extraBetas: [],
  fixed: {},
}
