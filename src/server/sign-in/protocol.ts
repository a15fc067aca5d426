import type { Elysia } from 'elysia'
import { methodNotAllowed } from '../http/method-not-allowed.ts'

/** `GET /protocol`: what of the protocol of Claude Code's gateways this server handles (SI-A9). */

const protocolPath = '/protocol'

interface Row {
  readonly path: string
  readonly handled: string
  /** Version of Claude Code that first uses it; empty for all that can sign in. */
  readonly since?: string
}

const handled: readonly Row[] = [
  { path: 'GET /.well-known/oauth-authorization-server', handled: 'the three endpoints of OAuth; protocol version 1' },
  { path: 'POST /oauth/device_authorization', handled: 'codes for ten minutes; `surface` is kept; `login_notice`' },
  { path: 'GET /device', handled: 'shows the code; approves with an invite alone' },
  { path: 'POST /oauth/token', handled: 'device code and refresh token; `email` after an invite' },
  { path: 'POST /oauth/revoke', handled: 'either token ends the session' },
  { path: 'GET /managed/settings', handled: '`uuid`, `checksum`, `settings`; 304 for the same checksum' },
  { path: 'POST /v1/messages', handled: 'all of the Messages API that the upstream offers; `safeguards`' },
  { path: 'POST /v1/messages/count_tokens', handled: 'a count of the upstream, or an estimate' },
  { path: 'GET /v1/models', handled: 'the models that the client may use' },
  { path: 'POST /v1/metrics, /v1/logs, /v1/traces', handled: 'thrown away, or forwarded unchanged to one collector' },
  { path: '`anthropic-ratelimit-unified-*`', handled: 'the fullest budget of the client', since: '2.1.225' },
  { path: 'GET /api/oauth/usage', handled: 'amounts of the budget in money, with prices; otherwise 404' },
]

const leftOut: readonly Row[] = [
  { path: 'Sign-in with an identity provider, groups', handled: 'approval in a terminal, or an invite' },
  { path: 'JWT as access token', handled: 'opaque tokens, which Claude Code accepts, too' },
  { path: '`billing_group_tag`', handled: 'not in our tokens: then Claude Code sends no `tags`' },
  { path: '`x-claude-code-managed-settings-checksum`', handled: 'ignored' },
  { path: '`x-cc-gateway-version`', handled: 'not sent' },
  { path: "Claude Desktop's bootstrap", handled: 'use a client token' },
  { path: 'TLS', handled: 'the options --tls-cert and --tls-key, or a proxy in front' },
]

const firstVersion = '2.1.195'

const table = (heading: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heading, heading.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const page = [
  '# Sign-in protocol of nexus-claude-api',
  `The server speaks the protocol of Claude Code's own gateway (\`claude gateway\`), version 1. Unknown fields, headers and betas are never a reason to refuse a request.`,
  '## Handled',
  table(
    ['request', 'handled', 'since Claude Code'],
    handled.map(({ path, handled: what, since = firstVersion }) => [path, what, since]),
  ),
  '## Left out',
  table(
    ['part', 'instead'],
    leftOut.map(({ path, handled: what }) => [path, what]),
  ),
  '',
].join('\n\n')

export const protocolRoutes = (app: Elysia) =>
  app
    .get(protocolPath, () => new Response(page, { headers: { 'content-type': 'text/markdown; charset=utf-8' } }))
    .all(protocolPath, methodNotAllowed('GET', 'HEAD'))
