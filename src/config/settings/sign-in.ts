import type { Setting } from './setting.ts'

/** Sign-in with Claude Code's `/login` (SI). */
export const signInSettings = [
  {
    key: 'signIn.enabled',
    flag: 'sign-in',
    environment: ['NEXUS_SIGN_IN'],
    type: { kind: 'switch' },
    default: false,
    description: 'Let Claude Code sign in to this server with /login, as a Cloud gateway',
    details: 'Only for `start`. Needs a fixed port. See [sign-in](sign-in.md).',
  },
  {
    key: 'signIn.publicUrl',
    environment: ['NEXUS_SIGN_IN_URL'],
    type: { kind: 'url' },
    description: 'URL at which clients reach the server, for sign-in (default `http://127.0.0.1:PORT`)',
    details: 'Must begin with https, except on this machine: Claude Code accepts no other.',
    hint: 'url',
  },
  {
    key: 'signIn.approve',
    environment: ['NEXUS_SIGN_IN_APPROVE'],
    type: { kind: 'choice', options: ['terminal', 'invite'] },
    default: 'terminal',
    description: 'Approve a sign-in in a terminal of this machine, or with an invite',
  },
  {
    key: 'signIn.settings',
    environment: [],
    type: { kind: 'object' },
    description: 'Settings of Claude Code for those who sign in; they win over those that the server sends itself',
    details: 'Only in a configuration file. Must contain no secret.',
    hint: 'settings',
  },
  {
    key: 'signIn.serveSettings',
    environment: ['NEXUS_SIGN_IN_SERVE_SETTINGS'],
    type: { kind: 'switch' },
    default: true,
    description: 'Send settings to the Claude Code of those who sign in: its models and defaults',
  },
  {
    key: 'signIn.telemetry',
    environment: ['NEXUS_SIGN_IN_TELEMETRY'],
    type: { kind: 'choice', options: ['discard', 'forward'] },
    default: 'discard',
    description: "What happens to Claude Code's own telemetry",
    details: '`forward` sends it to the collector of `otel`, without the token of the client.',
  },
] as const satisfies readonly Setting[]
