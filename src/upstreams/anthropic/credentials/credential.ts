import type { Secret } from '../../../base/secret.ts'
import type { Caller, CredentialDegradation, CredentialKind, Domain } from '../../upstream.ts'

/** The flag that Anthropic requires with OAuth tokens. */
export const oauthBeta = 'oauth-2025-04-20'

/** One word of characters that are valid in a header. */
const word = /^[!-~]+$/

/** Whether a header can carry the text: nothing else is a key or a token. */
export const isCredentialText = (text: unknown): text is string => typeof text === 'string' && word.test(text)

/** The one credential of a request: exactly one header carries it (AU-K6). */
export interface Credential {
  readonly kind: CredentialKind
  readonly header: 'x-api-key' | 'authorization'
  /** The key or token itself; `authorization` adds `Bearer`. */
  readonly secret: Secret
  /** Flags that the upstream wants with it, in addition to the client's (AU-H2). */
  readonly betas: readonly string[]
}

/** OAuth tokens are those of subscriptions. */
export const isOfSubscription = ({ betas }: Credential): boolean => betas.includes(oauthBeta)

/** A failed answer whose first byte the client has not received. */
export interface FailedAnswer {
  readonly status: number
  readonly headers: Headers
  /** The beginning of its body. */
  readonly text: string
}

/** The credential for one attempt. */
export interface CredentialChoice {
  readonly credential: Credential
  /**
   * Resolves to the credential for one more attempt, at once: another key of the domain (AU-K8), or a renewed token
   * (AU-O9). Undefined if the answer is to be relayed.
   */
  afterFailure(answer: FailedAnswer): Promise<CredentialChoice | undefined>
}

/** All credentials of the upstream. */
export interface Credentials {
  /** Undefined if there are no files. */
  readonly domains?: { find(host: string): Promise<Domain | undefined> }
  /** `caller` is undefined for the program's own requests. Rejects with GatewayError if there is no valid credential. */
  choose(caller: Caller | undefined, signal: AbortSignal): Promise<CredentialChoice>
  /** Files that cannot be kept up to date now. */
  problems?(): readonly CredentialDegradation[]
}
