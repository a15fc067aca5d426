import type { Setting, SettingType } from './setting.ts'

const maximumPort = 65_535
/** Zero is any free one. */
export const portType = {
  kind: 'number',
  minimum: 0,
  maximum: maximumPort,
  integer: true,
} as const satisfies SettingType

/** Where the server listens. */
export const listenSettings = [
  {
    key: 'host',
    flag: 'host',
    alias: 'H',
    environment: ['NEXUS_HOST'],
    type: { kind: 'host' },
    default: '127.0.0.1',
    description: 'Address to listen on',
    details: "Anything but this machine's own needs a client token, or anyone who reaches it spends your key.",
    hint: 'address',
  },
  {
    key: 'port',
    flag: 'port',
    alias: 'p',
    environment: ['NEXUS_PORT'],
    type: portType,
    default: 4141,
    description: 'Port to listen on; 0 for any free one',
    details: 'A free one that was found is printed.',
    hint: 'port',
  },
] as const satisfies readonly Setting[]

/** Who uses the server, and how. */
export const clientSettings = [
  {
    key: 'clientToken',
    flag: 'client-token',
    environment: ['NEXUS_CLIENT_TOKEN', 'NEXUS_CLIENT_TOKEN_FILE'],
    type: { kind: 'secret' },
    description: 'Token that clients must show; without it, any client on this machine may use the server',
    details:
      'It is asked for on `/v1/*`, as `x-api-key` or as a bearer token. `NEXUS_CLIENT_TOKEN_FILE` is the path of a file that holds it alone.',
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
      '`auto` does so where Claude Code is signed in to a gateway: it would send its requests there otherwise. [More](#claude-code-is-signed-in-to-a-gateway).',
  },
] as const satisfies readonly Setting[]
