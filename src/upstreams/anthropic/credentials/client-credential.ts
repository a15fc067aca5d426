import { Secret } from '../../../base/secret.ts'
import { setupAccessToken } from '../client-setup.ts'
import { type Credential, isCredentialText, oauthBeta } from './credential.ts'

/** The credential that a client itself sends (AU-K2, AU-K5). */

export interface ClientCredentialOptions {
  /**
   * Whether a token opens this server; absent if clients need none. With one, the client may send a key of Anthropic
   * only in the other header.
   */
  readonly isClientToken?: ((token: string) => boolean) | undefined
  /** Whether the client setup of this server hands out this token. */
  readonly isHandedOut: (token: string) => boolean | Promise<boolean>
}

const longestKey = 4096
/** What clients send to servers that require no key. */
const placeholders: ReadonlySet<string> = new Set(['dummy', 'any-value', setupAccessToken])
/** Keys of the replaced system's own clients. */
const clientKeyPrefix = 'cnp_live_'
/** All keys and tokens of Anthropic begin like this. */
const anthropicPrefix = 'sk-ant-'

const bearer = /^Bearer(?:\s+|$)/i

const toCredential = (text: string, header: Credential['header']): Credential => {
  const secret = new Secret(text)
  // The replaced system's examples send keys as bearer tokens.
  if (header === 'x-api-key' || text.startsWith(`${anthropicPrefix}api`))
    return { kind: 'client', header: 'x-api-key', secret, betas: [] }
  return { kind: 'client', header, secret, betas: text.startsWith(`${anthropicPrefix}oat`) ? [oauthBeta] : [] }
}

/** Undefined if the client sends none that may be forwarded. */
export const clientCredential = async (
  headers: Headers,
  { isClientToken, isHandedOut }: ClientCredentialOptions,
): Promise<Credential | undefined> => {
  const isForwarded = async (text: string): Promise<boolean> => {
    if (text.length > longestKey || !isCredentialText(text) || placeholders.has(text)) return false
    if (text.startsWith(clientKeyPrefix) || (await isHandedOut(text))) return false
    if (isClientToken === undefined) return true
    return text.startsWith(anthropicPrefix) && !isClientToken(text)
  }
  for (const header of ['authorization', 'x-api-key'] as const) {
    const value = headers.get(header)
    const text = header === 'authorization' ? value?.replace(bearer, '') : value
    if (text && (await isForwarded(text))) return toCredential(text, header)
  }
  return undefined
}
