import type { TranslationPolicy } from '../policy.ts'

/** What the server's configuration decides about the translation to Chat Completions (OU section 2). */
export interface ChatPolicy extends Pick<TranslationPolicy, 'billingHeader' | 'strictTools'> {
  /** `hash`: the client's user id goes as its SHA-256 (OU-Q9). */
  readonly userId: 'drop' | 'hash'
  /** What may follow tool results in a user turn; undefined: as the dialect says (OU-Q23). */
  readonly afterToolResults: 'user' | 'fold' | 'bridge' | undefined
  /** More tools than the provider takes: leave some out, or refuse the request (OU-Q55). */
  readonly excessTools: 'omit' | 'refuse'
  /** `service_tier` of every request (OU-Q11). */
  readonly serviceTier: string | undefined
  /** A conversation may end with the beginning of the answer, where the dialect has a word for it (OU-Q27). */
  readonly prefill: boolean
  /** No tools: those of the history become text (OU-R11). */
  readonly disableTools: boolean
}

export const defaultChatPolicy: ChatPolicy = {
  billingHeader: 'drop',
  strictTools: 'drop',
  userId: 'drop',
  afterToolResults: undefined,
  excessTools: 'omit',
  serviceTier: undefined,
  prefill: false,
  disableTools: false,
}
