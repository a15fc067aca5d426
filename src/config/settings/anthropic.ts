import type { Setting } from './setting.ts'

/** How Anthropic's API is reached (AU section 0). `ANTHROPIC_BASE_URL` is never read: it usually names this server. */
const connectionSettings = [
  {
    key: 'anthropic.url',
    flag: 'anthropic-url',
    environment: ['NEXUS_ANTHROPIC_URL'],
    upstream: 'anthropic',
    type: { kind: 'url' },
    default: 'https://api.anthropic.com',
    description: "Send requests to this server, which speaks Anthropic's API",
    details: 'An `http` address of another machine also needs `--allow-http`.',
    hint: 'url',
  },
  {
    key: 'anthropic.apiKey',
    flag: 'api-key',
    environment: ['CLAUDE_API_KEY', 'CLAUDE_API_KEY_FILE', 'ANTHROPIC_API_KEY', 'ANTHROPIC_API_KEY_FILE'],
    upstream: 'anthropic',
    type: { kind: 'secret' },
    description: "Key of Anthropic's API; safer in a variable or a file than on the command line",
    details:
      'Used where neither a file of credentials nor the client provides one. The file key wins over the variables.',
    hint: 'key',
  },
  {
    key: 'anthropic.headers',
    environment: [],
    upstream: 'anthropic',
    type: { kind: 'headers' },
    description: 'Send these headers with every request to Anthropic',
    details: 'An object of names and values. Values are never shown.',
  },
  {
    key: 'anthropic.modelMap',
    flag: 'model-map',
    environment: ['NEXUS_MODEL_MAP'],
    upstream: 'anthropic',
    type: { kind: 'map' },
    description: 'Replace these names of models in requests',
    details: 'Other names, and every other byte of a request, stay as the client sends them.',
    hint: 'name:id,name:id',
  },
  {
    key: 'anthropic.unknownPaths',
    flag: 'unknown-paths',
    environment: ['NEXUS_UNKNOWN_PATHS'],
    upstream: 'anthropic',
    type: { kind: 'choice', options: ['forward', 'refuse'] },
    default: 'forward',
    description: 'Forward or refuse paths under /v1 that this program does not know',
  },
] as const satisfies readonly Setting[]

/** Whose credential is sent (AU-K, AU-T). */
const credentialSettings = [
  {
    key: 'anthropic.credentialsDir',
    flag: 'credentials-dir',
    environment: ['NEXUS_CREDENTIALS_DIR', 'CREDENTIALS_DIR'],
    upstream: 'anthropic',
    type: { kind: 'text' },
    description: 'Read a file of credentials for each domain from this folder',
    details: 'The domain is the `Host` of a request ([the files](upstreams/anthropic.md#credentials)).',
    hint: 'folder',
  },
  {
    key: 'anthropic.clientKeys',
    flag: 'client-keys',
    environment: ['NEXUS_CLIENT_KEYS'],
    upstream: 'anthropic',
    type: { kind: 'choice', options: ['auto', 'forward', 'ignore'] },
    default: 'auto',
    description: "Forward the client's own key to Anthropic, or ignore it",
    details: '`auto` forwards it, but ignores it if clients need a token of this server.',
  },
  {
    key: 'anthropic.allowOauth',
    flag: 'allow-oauth',
    environment: ['NEXUS_ALLOW_OAUTH'],
    upstream: 'anthropic',
    type: { kind: 'switch' },
    default: false,
    description: 'Use OAuth credentials of Claude plans, for which you are responsible',
    details: "Read [Anthropic's terms](upstreams/anthropic.md#oauth) first.",
  },
  {
    key: 'anthropic.claudeCodeLogin',
    flag: 'claude-code-login',
    environment: ['NEXUS_CLAUDE_CODE_LOGIN'],
    upstream: 'anthropic',
    type: { kind: 'switch' },
    default: false,
    description: "Use Claude Code's own sign-in on this machine; needs --allow-oauth",
    details: 'The program reads it and never renews it.',
  },
  {
    key: 'anthropic.oauth.tokenUrl',
    environment: ['CLAUDE_OAUTH_TOKEN_URL'],
    upstream: 'anthropic',
    type: { kind: 'url' },
    default: 'https://platform.claude.com/v1/oauth/token',
    description: 'Renew OAuth credentials at this address',
    hint: 'url',
  },
  {
    key: 'anthropic.oauth.authorizeUrl',
    environment: ['CLAUDE_OAUTH_AUTHORIZE_URL'],
    upstream: 'anthropic',
    type: { kind: 'url' },
    default: 'https://claude.ai/oauth/authorize',
    description: 'Sign in at this address',
    hint: 'url',
  },
  {
    key: 'anthropic.oauth.clientId',
    environment: ['CLAUDE_OAUTH_CLIENT_ID'],
    upstream: 'anthropic',
    type: { kind: 'text' },
    default: '9d1c250a-e61b-44d9-88ed-5944d1962f5e',
    description: 'Use this client id for OAuth',
    hint: 'id',
  },
] as const satisfies readonly Setting[]

const otherSettings = [
  {
    key: 'anthropic.clientSetupDir',
    flag: 'client-setup-dir',
    environment: ['CLIENT_SETUP_DIR'],
    upstream: 'anthropic',
    type: { kind: 'text' },
    description: 'Serve the files of this folder at /client-setup/',
    details: 'Without it, the server has two built-in files, with which Claude Code asks for no sign-in.',
    hint: 'folder',
  },
  {
    key: 'anthropic.classify',
    environment: ['NEXUS_ANTHROPIC_CLASSIFY'],
    upstream: 'anthropic',
    type: { kind: 'choice', options: ['auto', 'on', 'off'] },
    default: 'auto',
    description: 'Count query evaluations and inferences separately',
    details: '`auto` does so with a folder of credentials, a report interval or Slack. It reads each request.',
  },
] as const satisfies readonly Setting[]

export const anthropicSettings = [
  ...connectionSettings,
  ...credentialSettings,
  ...otherSettings,
] as const satisfies readonly Setting[]
