import { clientNamePattern, clientNameRule, reservedNameRule, sharedClientName } from '../base/client-name.ts'
import { isLoopbackHost } from '../base/loopback.ts'
import { Secret } from '../base/secret.ts'
import { UsageError } from '../base/usage-error.ts'
import type { Config } from './load.ts'
import type { SettingKey } from './settings/settings.ts'

/** Clients send it to a server that requires no token: they always require one. */
export const anyToken = 'dummy'

type Tokens = Pick<Config, 'clientToken' | 'openai'>
type Gate = Tokens & Pick<Config, 'clientTokens' | 'clientsFile'>

/** The settings that hold a token that all clients share: each token opens the server (OU-R5). */
const clientTokenKeys: readonly SettingKey[] = ['clientToken', 'openai.gatewayToken', 'openai.clientKey']

/** The secrets that a server checks tokens with. */
export const gateSecretKeys: readonly SettingKey[] = [...clientTokenKeys, 'clientTokens']

/** The settings that make clients need a token (OP-A2). */
export const gateKeys: readonly SettingKey[] = [...gateSecretKeys, 'clientsFile']

/** Tokens that all clients share. */
export const clientTokensOf = (config: Tokens): readonly Secret[] =>
  [config.clientToken, config.openai.gatewayToken, config.openai.clientKey].filter((token) => token !== undefined)

/** Whether clients have names, each with its own token. */
export const hasNamedClients = ({ clientTokens, clientsFile }: Pick<Gate, 'clientTokens' | 'clientsFile'>): boolean =>
  clientTokens !== undefined || clientsFile !== undefined

/** Whether clients need a token; otherwise the server is open to each client that reaches it. */
export const hasGate = (config: Gate): boolean => clientTokensOf(config).length > 0 || hasNamedClients(config)

const clientName = new RegExp(clientNamePattern)
/** Characters: a shorter token can be guessed. */
const shortestToken = 24

/** The tokens of named clients in the configuration itself, by name. Throws UsageError, which never quotes a token. */
export const namedTokensOf = (config: Gate): ReadonlyMap<string, Secret> => {
  const shared = clientTokensOf(config)
  const tokens = new Map<string, Secret>()
  const pairs = config.clientTokens?.reveal().split(',') ?? []
  for (const [index, pair] of pairs.entries()) {
    const fail = (words: string): never => {
      throw new UsageError(`clientTokens: pair ${index + 1} ${words}`)
    }
    const colon = pair.indexOf(':')
    if (colon === -1) fail('has no colon. Write NAME:TOKEN,NAME:TOKEN.')
    const name = pair.slice(0, colon)
    const token = pair.slice(colon + 1)
    if (!clientName.test(name)) fail(`has a name that is not valid. It ${clientNameRule}`)
    if (name === sharedClientName) fail(`has a name that is not valid. It ${reservedNameRule}`)
    if (tokens.has(name)) fail(`has the name ${name} again. Give each client its own name.`)
    if (token.length < shortestToken)
      fail(`has a token of ${token.length} characters. Use at least ${shortestToken}: a short token can be guessed.`)
    if ([...shared, ...tokens.values()].some((other) => other.equals(token)))
      fail('has a token that the configuration has twice. Give each client its own token.')
    tokens.set(name, new Secret(token))
  }
  return tokens
}

/** Throws UsageError for tokens that are not valid, and for a server that must not be open to other machines (OP-A9). */
export const checkAccess = (config: Gate & Pick<Config, 'host' | 'requireToken'>): void => {
  namedTokensOf(config)
  if (!config.requireToken || isLoopbackHost(config.host) || hasGate(config)) return
  throw new UsageError(
    `requireToken: other machines can reach ${config.host}, and clients need no token. Set --clients or --client-token, or listen on 127.0.0.1.`,
  )
}
