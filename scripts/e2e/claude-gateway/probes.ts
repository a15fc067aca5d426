/** Requests to each endpoint of the sign-in protocol, for two servers that must answer alike. */

/** One of the servers. */
export interface Side {
  readonly url: string
  /** Of one who has signed in. */
  readonly token: string
}

export interface Probe {
  readonly name: string
  readonly path: string
  readonly init?: (side: Side) => RequestInit | Promise<RequestInit>
}

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

const form = (fields: Record<string, string>, headers = {}): RequestInit => ({
  method: 'POST',
  body: new URLSearchParams(fields),
  headers,
})

const json = (value: object, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  body: JSON.stringify(value),
  headers: { 'content-type': 'application/json', ...headers },
})

const bearer = ({ token }: Side): Record<string, string> => ({ authorization: `Bearer ${token}` })

const message = {
  model: 'claude-haiku-4-5',
  max_tokens: 10,
  messages: [{ role: 'user', content: 'hello' }],
}

/** A device code that waits for its approval. */
const newDeviceCode = async ({ url }: Side): Promise<string> => {
  const response = await fetch(`${url}/oauth/device_authorization`, form({}))
  return ((await response.json()) as { device_code: string }).device_code
}

const tokenProbe = (name: string, fields: Record<string, string>): Probe => ({
  name: `token, ${name}`,
  path: '/oauth/token',
  init: () => form(fields),
})

const nineMegabytes = 9_000_000
const twentyKilobytes = 20_000

const oauthProbes: readonly Probe[] = [
  { name: 'metadata', path: '/.well-known/oauth-authorization-server' },
  { name: 'device', path: '/oauth/device_authorization', init: () => form({ surface: 'claude_code', later: 'x' }) },
  { name: 'device, empty form', path: '/oauth/device_authorization', init: () => ({ method: 'POST' }) },
  { name: 'device, JSON', path: '/oauth/device_authorization', init: () => json({ surface: 'claude_code' }) },
  { name: 'device, GET', path: '/oauth/device_authorization' },
  {
    name: 'device, 20 KB',
    path: '/oauth/device_authorization',
    init: () => form({ surface: 'x'.repeat(twentyKilobytes) }),
  },
  {
    name: 'device, of a web page',
    path: '/oauth/device_authorization',
    init: () => form({ surface: 'claude_code' }, { origin: 'https://page.example' }),
  },
  tokenProbe('no grant', {}),
  tokenProbe('unknown grant', { grant_type: 'password' }),
  tokenProbe('unknown code', { grant_type: deviceGrant, device_code: 'unknown' }),
  tokenProbe('no code', { grant_type: deviceGrant }),
  tokenProbe('no refresh token', { grant_type: 'refresh_token' }),
  { name: 'token, JSON', path: '/oauth/token', init: () => json({ grant_type: deviceGrant }) },
  {
    name: 'token, pending',
    path: '/oauth/token',
    init: async (side) => form({ grant_type: deviceGrant, device_code: await newDeviceCode(side) }),
  },
  {
    name: 'token, too early',
    path: '/oauth/token',
    async init(side) {
      const fields = { grant_type: deviceGrant, device_code: await newDeviceCode(side) }
      await fetch(`${side.url}/oauth/token`, form(fields))
      return form(fields)
    },
  },
  { name: 'revoke, unknown token', path: '/oauth/revoke', init: () => form({ token: 'unknown' }) },
]

const read = (name: string, path: string, headers: Record<string, string> = {}): Probe => ({
  name,
  path,
  init: (side) => ({ headers: { ...bearer(side), ...headers } }),
})

const settingsPath = '/managed/settings'
const usagePath = '/api/oauth/usage'

const sessionProbes: readonly Probe[] = [
  read('settings', settingsPath),
  read('settings, *', settingsPath, { 'if-none-match': '*' }),
  {
    name: 'settings, unchanged',
    path: settingsPath,
    async init(side) {
      const held = await fetch(side.url + settingsPath, { headers: bearer(side) })
      return { headers: { ...bearer(side), 'if-none-match': String(held.headers.get('etag')) } }
    },
  },
  { name: 'settings, POST', path: settingsPath, init: (side) => json({}, bearer(side)) },
  { name: 'settings, no token', path: settingsPath },
  read('settings, wrong token', settingsPath, { authorization: 'Bearer wrong' }),
  { name: 'usage, no token', path: usagePath },
  { name: 'usage, POST', path: usagePath, init: (side) => json({}, bearer(side)) },
  ...['metrics', 'logs', 'traces'].map((signal) => ({
    name: signal,
    path: `/v1/${signal}`,
    init: (side: Side) => json({}, bearer(side)),
  })),
  { name: 'metrics, no token', path: '/v1/metrics', init: () => json({}) },
  read('metrics, GET', '/v1/metrics'),
  {
    name: 'metrics, 9 MB',
    path: '/v1/metrics',
    init: (side) => json({ text: 'x'.repeat(nineMegabytes) }, bearer(side)),
  },
  { name: 'message, no token', path: '/v1/messages', init: () => json(message) },
  read('models', '/v1/models?limit=1000'),
  { name: 'protocol', path: '/protocol' },
]

const messageProbe = (name: string): Probe => ({
  name,
  path: '/v1/messages',
  init: (side) => json(message, { ...bearer(side), 'anthropic-version': '2023-06-01' }),
})

const usage = (name: string): Probe => read(name, usagePath)

/** Each answer uses 40 % of the budget. The order matters. */
const budgetProbes: readonly Probe[] = [
  usage('usage, nothing used'),
  messageProbe('message, nothing used'),
  messageProbe('message, 40 % used'),
  messageProbe('message, 80 % used'),
  usage('usage, exceeded'),
  messageProbe('message, exceeded'),
]

export const probes: readonly Probe[] = [...oauthProbes, ...sessionProbes, ...budgetProbes]
