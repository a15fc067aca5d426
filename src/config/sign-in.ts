import { isEverywhere, isLoopbackHost } from '../base/loopback.ts'
import { UsageError } from '../base/usage-error.ts'
import { anyToken, clientTokensOf } from './client-tokens.ts'
import type { Config } from './load.ts'
import { isShared } from './state-address.ts'

/** Sign-in: the address that clients use, and what it cannot be combined with (SI-A1, SI-T1). */

/** The configured address without a slash at the end; undefined without one. Throws UsageError. */
export const signInUrlOf = ({ signIn: { publicUrl } }: Pick<Config, 'signIn'>): string | undefined => {
  if (publicUrl === undefined) return undefined
  const { origin, pathname, search, hash, username, password } = new URL(publicUrl)
  if (pathname !== '/' || [search, hash, username, password].some(Boolean))
    throw new UsageError('signIn.publicUrl: write scheme, host and port alone, like https://nexus.example.com.')
  return origin
}

const checkPlainHttp = (config: Config): void => {
  const { host, tls, port } = config
  const configured = signInUrlOf(config)
  const isOwnPlain = tls.cert === undefined && !isEverywhere(host) && !isLoopbackHost(host)
  const url = configured ?? (isOwnPlain ? `http://${host}:${port}` : undefined)
  if (url === undefined || !url.startsWith('http:') || isLoopbackHost(new URL(url).hostname)) return
  throw new UsageError(
    `signIn.publicUrl: ${url} begins with http. Claude Code takes plain http only on this machine. Set an https address: signIn.publicUrl, or NEXUS_SIGN_IN_URL.`,
  )
}

/** Throws UsageError for settings with which clients cannot sign in. */
export const checkSignIn = (config: Config): void => {
  if (config.port === 0)
    throw new UsageError('Sign-in needs a fixed port: Claude Code keeps the address. Set another port than 0: --port')
  checkPlainHttp(config)
  if (config.workers > 1)
    throw new UsageError('Sign-in needs one process, which has the sessions. Set --workers 1, or turn sign-in off.')
  if (isShared(config.state.url))
    throw new UsageError('Sign-in needs one server, which has the sessions. Remove --state, or turn sign-in off.')
  if (clientTokensOf(config).some((token) => token.equals(anyToken)))
    throw new UsageError(
      `clientToken: with sign-in, ${anyToken} is no token. Set a random one, or none: then the server makes one.`,
    )
}
