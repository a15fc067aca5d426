import type { TranslationPolicy } from '../policy.ts'

/** Settings of the translation to Chat Completions (OU section 2). */
export interface ChatPolicy extends Pick<TranslationPolicy, 'billingHeader' | 'strictTools' | 'cacheTtl'> {
  /** `hash`: send the SHA-256 of the client's user id (OU-Q9). */
  readonly userId: 'drop' | 'hash'
  /** How to send texts after tool results in a user turn; undefined: as the dialect says (OU-Q23). */
  readonly afterToolResults: 'user' | 'fold' | 'bridge' | undefined
  /** If the request has more tools than the provider accepts: leave some out, or refuse it (OU-Q55). */
  readonly excessTools: 'omit' | 'refuse'
  /** `service_tier` of every request (OU-Q11). */
  readonly serviceTier: string | undefined
  /** Allow a conversation to end with the beginning of the response, if the dialect supports it (OU-Q27). */
  readonly prefill: boolean
  /** Send no tools; tool calls in the history become text (OU-R11). */
  readonly disableTools: boolean
}

export const defaultChatPolicy: ChatPolicy = {
  billingHeader: 'drop',
  strictTools: 'drop',
  cacheTtl: 'client',
  userId: 'drop',
  afterToolResults: undefined,
  excessTools: 'omit',
  serviceTier: undefined,
  prefill: false,
  disableTools: false,
}
