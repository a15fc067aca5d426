import { GatewayError } from '../../../base/errors.ts'
import type { Secret } from '../../../base/secret.ts'
import type { Caller, CredentialKind, Domain } from '../../upstream.ts'
import { type ClientCredentialOptions, clientCredential } from './client-credential.ts'
import { type CredentialChoice, type Credentials, oauthBeta } from './credential.ts'
import type { DomainFiles } from './domain-files.ts'
import { domainOfFile } from './domain-name.ts'
import type { LoginTokens, OAuthFile, OAuthTokens } from './oauth/oauth-tokens.ts'

/** Chooses the one credential of a request: from the domain's file, the client, the configuration, Claude Code. */

/** What needs files or programs of this machine. */
export interface CredentialSources {
  readonly domainFiles?: DomainFiles
  /** Absent unless OAuth is allowed (AU-T2). */
  readonly oauth?: OAuthTokens
  /** Claude Code's own sign-in (AU-K4). */
  readonly login?: LoginTokens
  /** Whether the client setup of this server hands out this token. */
  readonly isHandedOut?: (token: string) => boolean | Promise<boolean>
}

export interface CredentialsOptions extends CredentialSources, Pick<ClientCredentialOptions, 'isClientToken'> {
  readonly key: Secret | undefined
  readonly forwardsClientKeys: boolean
}

const refusal = (type: 'authentication_error' | 'permission_error', message: string): GatewayError =>
  new GatewayError(type, message, { shouldRetry: false, isLoggable: true })

const noCredential = `No credential for Anthropic. Provide one in one of these ways: a file of credentials for this domain (--credentials-dir), the client's own key (--client-keys forward), a key of this server (CLAUDE_API_KEY), or Claude Code's sign-in (--claude-code-login).`

const fixed = (kind: CredentialKind, secret: Secret): CredentialChoice => ({
  credential: { kind, header: 'x-api-key', secret, betas: [] },
  afterFailure: async () => undefined,
})

const unauthorized = 401

/** A token that may be renewed once for a request (AU-O9). */
const renewable = (
  kind: CredentialKind,
  secret: Secret,
  renew: (date: string | null) => Promise<Secret | undefined>,
): CredentialChoice => {
  const choice = (token: Secret): CredentialChoice['credential'] => ({
    kind,
    header: 'authorization',
    secret: token,
    betas: [oauthBeta],
  })
  return {
    credential: choice(secret),
    async afterFailure({ status, headers }) {
      const renewed = status === unauthorized ? await renew(headers.get('date')) : undefined
      return renewed && { credential: choice(renewed), afterFailure: async () => undefined }
    },
  }
}

const oauthChoice = async (oauth: OAuthTokens, file: OAuthFile): Promise<CredentialChoice> => {
  const token = await oauth.token(file)
  return renewable('oauth', token, (date) => oauth.renew(file, token, date))
}

const loginChoice = async (login: LoginTokens): Promise<CredentialChoice> => {
  const token = await login.token()
  return renewable('login', token, () => login.renew(token))
}

const domainChoice = (
  domain: Domain,
  { domainFiles, oauth }: CredentialSources,
): Promise<CredentialChoice> | CredentialChoice | undefined => {
  if (domainFiles === undefined) return undefined
  const found = domainFiles.credentialsOf(domain)
  if (found.type === 'api_key') return found.keys.choose()
  const { path, fileName, grant } = found
  if (oauth === undefined)
    throw refusal(
      'permission_error',
      `${fileName} contains an OAuth credential, which this server does not use without --allow-oauth.`,
    )
  return oauthChoice(oauth, { path, domain: domainOfFile(fileName) ?? domain.name, grant })
}

/** All credentials of the upstream, in their order (AU-K1 to AU-K4). */
export const createCredentials = (options: CredentialsOptions): Credentials => {
  const { key, forwardsClientKeys, isClientToken, domainFiles, oauth, login, isHandedOut = () => false } = options
  const clientChoice = async (caller: Caller | undefined): Promise<CredentialChoice | undefined> => {
    if (!forwardsClientKeys || caller?.mayForwardKey !== true) return undefined
    const credential = await clientCredential(caller.headers, { isClientToken, isHandedOut })
    return credential && { credential, afterFailure: async () => undefined }
  }
  return {
    ...(domainFiles && { domains: domainFiles }),
    ...(oauth && { problems: oauth.problems }),
    async choose(caller) {
      const ofDomain = caller?.domain && (await domainChoice(caller.domain, options))
      const found = ofDomain ?? (await clientChoice(caller))
      if (found !== undefined) return found
      if (key !== undefined) return fixed('configured', key)
      if (login !== undefined) return loginChoice(login)
      throw refusal('authentication_error', noCredential)
    },
  }
}
