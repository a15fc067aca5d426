/** A small OpenID Connect issuer on loopback that signs in every user as Ada. */

export interface Issuer {
  readonly url: string
  stop(): Promise<void>
}

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const
const keyId = 'the-only-key'
const tokenSeconds = 3600

const toBase64Url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Signs claims as a JSON Web Token. */
const createSigner = async (): Promise<{ jwk: object; sign(claims: object): Promise<string> }> => {
  const modulus = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }
  const { privateKey, publicKey } = await crypto.subtle.generateKey({ ...algorithm, ...modulus }, true, [
    'sign',
    'verify',
  ])
  return {
    jwk: { ...(await crypto.subtle.exportKey('jwk', publicKey)), kid: keyId, alg: 'RS256', use: 'sig' },
    async sign(claims) {
      const words = `${toBase64Url({ alg: 'RS256', kid: keyId })}.${toBase64Url(claims)}`
      const signature = await crypto.subtle.sign(algorithm, privateKey, Buffer.from(words))
      return `${words}.${Buffer.from(signature).toString('base64url')}`
    },
  }
}

/** The authorization endpoint signs in at once. The token contains the `nonce` of the last sign-in. */
export const startIssuer = async (clientId: string): Promise<Issuer> => {
  const { jwk, sign } = await createSigner()
  let nonce: string | null = null
  /** The address that the request used. */
  const originOf = (request: Request): string => new URL(request.url).origin
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    routes: {
      '/.well-known/openid-configuration': (request) =>
        Response.json({
          issuer: originOf(request),
          authorization_endpoint: `${originOf(request)}/authorize`,
          token_endpoint: `${originOf(request)}/token`,
          jwks_uri: `${originOf(request)}/keys`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
        }),
      '/keys': () => Response.json({ keys: [jwk] }),
      '/authorize': (request) => {
        const { searchParams } = new URL(request.url)
        nonce = searchParams.get('nonce')
        const back = new URL(String(searchParams.get('redirect_uri')))
        back.searchParams.set('code', 'the-only-code')
        back.searchParams.set('state', String(searchParams.get('state')))
        return Response.redirect(back.href)
      },
      '/token': async (request) => {
        const now = Math.floor(Date.now() / 1000)
        const ada = { sub: 'ada', email: 'ada@example.com', email_verified: true }
        const times = { iat: now, exp: now + tokenSeconds }
        const idToken = await sign({ iss: originOf(request), aud: clientId, nonce, ...ada, ...times })
        return Response.json({
          access_token: 'unused',
          token_type: 'Bearer',
          expires_in: tokenSeconds,
          id_token: idToken,
          refresh_token: 'for-the-gateway',
        })
      },
    },
  })
  return { url: server.url.origin, stop: () => server.stop(true) }
}
