import type { ConverseRequest } from '../wire/converse/request.ts'

/**
 * What the one who runs the server may decide about the translation: where the specification leaves a
 * choice, and what no request of a client can say.
 */
export interface TranslationPolicy {
  /** `visual`: PDFs go with citations on, without which Converse reads nothing but their text. */
  readonly pdf: 'visual' | 'text'
  /** Beyond Bedrock's number of images and documents: leave out the oldest, or refuse, so that the client does. */
  readonly excessMedia: 'omit' | 'refuse'
  /** System messages in mid-conversation: as words in the user's turn, or as they are where the model takes them. */
  readonly systemMessages: 'reminder' | 'native'
  /** Claude Code's first system line, which keeps the prompt cache from being shared. */
  readonly billingHeader: 'drop' | 'keep'
  /** `strict` of a tool, which large schemas make fail after minutes. */
  readonly strictTools: 'drop' | 'send'
  /** Beta flags to let through beside those that Converse is known to take. */
  readonly extraBetas: readonly string[]
  /** Members of every Converse request that Anthropic's protocol has no word for. */
  readonly fixed: Pick<ConverseRequest, 'guardrailConfig' | 'performanceConfig' | 'serviceTier'>
}

export const defaultPolicy: TranslationPolicy = {
  pdf: 'visual',
  excessMedia: 'omit',
  systemMessages: 'reminder',
  billingHeader: 'drop',
  strictTools: 'drop',
  extraBetas: [],
  fixed: {},
}
