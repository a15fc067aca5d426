/** The OAuth device flow of Claude Code and a browser. */

export interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
  readonly expires_in: number
}

interface DeviceCode {
  readonly device_code: string
  readonly user_code: string
  readonly verification_uri: string
}

const post = (url: string, form: Readonly<Record<string, string>>, headers = {}): Promise<Response> =>
  fetch(url, { method: 'POST', body: new URLSearchParams(form), headers, redirect: 'manual' })

/** Reads the JSON of a successful response. Throws for another status. */
const json = async <T>(response: Response): Promise<T> => {
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as T
}

const isRedirect = ({ status }: Response): boolean => status >= 300 && status < 400

/** Confirms the code, and follows the redirects to the issuer and back, with the gateway's cookie. */
const approveInBrowser = async (gateway: string, { verification_uri, user_code }: DeviceCode): Promise<void> => {
  // The gateway refuses a form from another origin.
  let answer = await post(verification_uri, { user_code }, { origin: gateway })
  const cookie = answer.headers.getSetCookie().map((line) => line.split(';')[0])
  while (isRedirect(answer)) {
    const next = new URL(String(answer.headers.get('location')), answer.url)
    answer = await fetch(next, { redirect: 'manual', headers: { cookie: cookie.join('; ') } })
  }
  if (!answer.ok) throw new Error(`${answer.url} answered ${answer.status}: ${await answer.text()}`)
}

/** `approve` confirms the code. Default: a browser at Anthropic's gateway. */
export const signIn = async (
  gateway: string,
  approve: (gateway: string, device: DeviceCode) => Promise<unknown> = approveInBrowser,
): Promise<Tokens> => {
  const device = await json<DeviceCode>(await post(`${gateway}/oauth/device_authorization`, { surface: 'claude_code' }))
  await approve(gateway, device)
  const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: device.device_code }
  return json<Tokens>(await post(`${gateway}/oauth/token`, grant))
}

/** The client's stored credentials after such a sign-in, with the answer to "Do you trust this host?". */
export const toCredentials = (gateway: string, tokens: Tokens) => ({
  gatewayTrust: { [new URL(gateway).hostname]: 'http-loopback' },
  enterpriseGateway: {
    url: gateway,
    jwt: tokens.access_token,
    expiresAt: Date.now() + tokens.expires_in * 1000,
    tokenEndpoint: `${gateway}/oauth/token`,
    revocationEndpoint: `${gateway}/oauth/revoke`,
    idpRefreshToken: tokens.refresh_token,
  },
})
