import type { Logger } from '../../base/logger.ts'
import { UsageError } from '../../base/usage-error.ts'
import type { Config } from '../../config/load.ts'
import type { Machine } from '../../config/paths.ts'
import type { CredentialSources } from '../../upstreams/anthropic/credentials/credentials.ts'
import type { Fetch } from '../../upstreams/http/post.ts'
import { claudeCodeLoginPlace } from './claude-code-login.ts'

const clocks = { date: Date.now, now: () => performance.now() }

/** The OAuth credentials of this machine; none unless the configuration allows them (AU-T2). Rejects with UsageError. */
export const oauthSources = async (
  { anthropic: { allowOauth, claudeCodeLogin, oauth: settings } }: Config,
  log: Logger,
  machine: Machine,
): Promise<Pick<CredentialSources, 'oauth' | 'login'>> => {
  if (!allowOauth) {
    if (!claudeCodeLogin) return {}
    throw new UsageError(
      "--claude-code-login needs --allow-oauth: it sends requests with the tokens of Claude Code's own sign-in. Read docs/upstreams/anthropic.md#oauth first.",
    )
  }
  const { createTokenEndpoint } = await import('../../upstreams/anthropic/credentials/oauth/token-endpoint.ts')
  const { createOAuthTokens } = await import('../../upstreams/anthropic/credentials/oauth/oauth-tokens.ts')
  const endpoint = createTokenEndpoint({ settings, fetch: fetch as Fetch })
  const oauth = createOAuthTokens({ endpoint, log, ...clocks })
  if (!claudeCodeLogin) return { oauth }
  const { createClaudeCodeLogin } = await import('../../upstreams/anthropic/credentials/oauth/claude-code-login.ts')
  return { oauth, login: createClaudeCodeLogin({ ...claudeCodeLoginPlace(machine, Bun.secrets.get), ...clocks }) }
}
