import { bracketed } from '../../base/brackets.ts'
import { isEverywhere } from '../../base/loopback.ts'
import { clientTokensOf, hasGate, hasNamedClients } from '../../config/client-tokens.ts'
import type { Config } from '../../config/load.ts'
import { productName } from '../../version.ts'

/** How a client on this machine reaches the server. */

/** The server keeps only hashes of the tokens of named clients: the client's owner has the token. */
const tokenPlaceholder = 'YOUR-TOKEN'

/** Whether only the owners of clients know a token of the server. */
export const needsPlaceholder = (config: Config): boolean =>
  clientTokensOf(config).length === 0 && hasNamedClients(config)

/** The token that clients show; undefined if the server requires none. */
export const clientTokenOf = (config: Config): string | undefined =>
  needsPlaceholder(config) ? tokenPlaceholder : clientTokensOf(config)[0]?.reveal()

/** For a user who gets the environment or the command of a client. */
export const tokenNotes = (config: Config): readonly string[] => {
  if (needsPlaceholder(config))
    return [
      `Replace ${tokenPlaceholder} with your token: clients have names on this server. ${productName} clients add NAME prints a new token.`,
    ]
  // The server has made a token for its run, which only its own launch line has.
  if (config.signIn.enabled && !hasGate(config))
    return [
      `The server requires a token, because clients sign in to it. Set one and restart it: ${productName} config set clientToken`,
    ]
  return []
}

/** The server's URL on this machine, for any address that the server is bound to. */
export const urlOf = (host: string, port: number, isTls: boolean): string =>
  `${isTls ? 'https' : 'http'}://${isEverywhere(host) ? '127.0.0.1' : bracketed(host)}:${port}`

/** The same URL by the configuration. `port` is the actual one. */
export const localUrl = ({ host, tls }: Pick<Config, 'host' | 'tls'>, port: number): string =>
  urlOf(host, port, tls.cert !== undefined)

const neverByProxy = ['127.0.0.1', 'localhost', '::1']

/** Merges the entries of both spellings with ours: some programs read one spelling, some the other. */
const withoutProxy = (environment: Readonly<Record<string, string | undefined>>, host: string): string => {
  const existing = [environment['NO_PROXY'], environment['no_proxy']].flatMap((list) => (list ?? '').split(','))
  const entries = existing.map((entry) => entry.trim()).filter((entry) => entry !== '')
  // A star means every host only if it is the whole list.
  if (entries.includes('*')) return '*'
  const own = isEverywhere(host) ? neverByProxy : [...neverByProxy, host]
  return [...new Set([...entries, ...own])].join(',')
}

/** Variables that keep a client's requests to the server away from a proxy. */
export const proxyVariables = (
  environment: Readonly<Record<string, string | undefined>>,
  host: string,
): Readonly<Record<'NO_PROXY' | 'no_proxy', string>> => {
  const list = withoutProxy(environment, host)
  return { NO_PROXY: list, no_proxy: list }
}
