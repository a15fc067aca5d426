import type { Secret } from '../base/secret.ts'
import type { Config } from './load.ts'
import type { SettingKey } from './settings/settings.ts'

/** The settings that hold a token of clients: each token opens the server (OU-R5). */
export const clientTokenKeys: readonly SettingKey[] = ['clientToken', 'openai.gatewayToken', 'openai.clientKey']

/** Without one, the server is open to each client that reaches it. */
export const clientTokensOf = (config: Pick<Config, 'clientToken' | 'openai'>): readonly Secret[] =>
  [config.clientToken, config.openai.gatewayToken, config.openai.clientKey].filter((token) => token !== undefined)
