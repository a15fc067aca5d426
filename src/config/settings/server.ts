import type { Setting, SettingType } from './setting.ts'

const maximumPort = 65_535
/** Port 0 is any free port. */
export const portType = {
  kind: 'number',
  minimum: 0,
  maximum: maximumPort,
  integer: true,
} as const satisfies SettingType

/** The address that the server listens on. */
export const listenSettings = [
  {
    key: 'host',
    flag: 'host',
    alias: 'H',
    environment: ['NEXUS_HOST'],
    upstreamEnvironment: { openai: ['HOST'], anthropic: ['HOST'] },
    type: { kind: 'host' },
    default: '127.0.0.1',
    description: 'Listen on this address',
    details: 'If other machines can reach it, set a client token: otherwise they can use your key.',
    hint: 'address',
  },
  {
    key: 'port',
    flag: 'port',
    alias: 'p',
    environment: ['NEXUS_PORT'],
    upstreamEnvironment: { openai: ['PORT'], anthropic: ['PORT'] },
    type: portType,
    default: 4141,
    description: 'Listen on this port; 0 for any free port',
    details: 'With 0, the server prints the port that it uses.',
    hint: 'port',
  },
] as const satisfies readonly Setting[]

/** Settings for the clients of the server. */
export const clientSettings = [
  {
    key: 'clientToken',
    flag: 'client-token',
    environment: ['NEXUS_CLIENT_TOKEN', 'NEXUS_CLIENT_TOKEN_FILE'],
    type: { kind: 'secret' },
    description: 'Require this token from clients; without it, any client on this machine may use the server',
    details:
      "Clients send it with requests to `/v1/*`, to each path of OpenAI's API, `/test-connection` and `/token-stats`, as `x-api-key`, `api-key` or as a bearer token. `NEXUS_CLIENT_TOKEN_FILE` is the path of a file that contains only the token.",
    hint: 'token',
  },
  {
    key: 'gatewayMode',
    flag: 'gateway-mode',
    environment: ['NEXUS_GATEWAY_MODE'],
    type: { kind: 'choice', options: ['auto', 'on', 'off'] },
    default: 'auto',
    description: 'Start Claude Code in gateway mode (CLAUDE_CODE_USE_GATEWAY)',
    details:
      '`auto` does so if Claude Code is signed in to a gateway: otherwise it would send its requests there. [More](#claude-code-is-signed-in-to-a-gateway).',
  },
] as const satisfies readonly Setting[]

/** A day: browsers allow no more. */
const maximumPreflightSeconds = 86_400

/** Web pages that may use the server (OP-W7). */
export const corsSettings = [
  {
    key: 'cors.origins',
    flag: 'cors-origin',
    environment: ['NEXUS_CORS_ORIGIN'],
    upstreamEnvironment: { openai: ['CORS_ORIGINS'], anthropic: ['CORS_ORIGINS'] },
    type: { kind: 'list' },
    description: 'Allow web pages of these origins to use the server',
    details:
      'Origins like `https://app.example.com`, separated by commas. `*` allows all, and needs a client token. Without it, the server refuses web pages of other origins.',
    hint: 'origin,origin',
  },
  {
    key: 'cors.allowCredentials',
    environment: ['NEXUS_CORS_ALLOW_CREDENTIALS'],
    type: { kind: 'switch' },
    default: false,
    description: 'Allow these web pages to send credentials',
    details: 'Not possible with `*`.',
  },
  {
    key: 'cors.maxAge',
    environment: ['NEXUS_CORS_MAX_AGE'],
    type: { kind: 'number', minimum: 0, maximum: maximumPreflightSeconds, integer: true },
    default: 600,
    description: 'Let browsers remember for this many seconds what these web pages may send',
    hint: 'seconds',
  },
] as const satisfies readonly Setting[]
