import { anyToken } from '../../../config/client-tokens.ts'
import type { Config } from '../../../config/load.ts'
import { clientNameOf, type ModelResolver, type ResolvedModel } from '../../../models/resolver.ts'
import { clientTokenOf, localUrl, proxyVariables } from '../../clients/connection.ts'
import type { LaunchEnvironment } from '../../clients/shells.ts'

/** Claude Code's environment: the one place that knows its variables. */

/** Makes Claude Code use ANTHROPIC_BASE_URL in spite of a sign-in. Without a sign-in it changes no address. */
export const gatewaySwitch = 'CLAUDE_CODE_USE_GATEWAY'

/** Switches that make Claude Code use another provider than ANTHROPIC_BASE_URL. */
export const otherProviders = [
  'CLAUDE_CODE_USE_BEDROCK',
  'CLAUDE_CODE_USE_VERTEX',
  'CLAUDE_CODE_USE_FOUNDRY',
  'CLAUDE_CODE_USE_MANTLE',
  'CLAUDE_CODE_USE_ANTHROPIC_AWS',
  'CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD',
  gatewaySwitch,
] as const

/**
 * With one of these Claude Code sends its requests elsewhere. The socket belongs to a `claude ssh` session; Claude
 * Code reads it only from the environment, not from a settings file.
 */
export const divertingVariables = [...otherProviders, 'ANTHROPIC_UNIX_SOCKET'] as const

/** `0`: Claude Code checks auto mode's actions itself, and sends no `safeguards`. */
export const autoModeServer = 'CLAUDE_CODE_AUTO_MODE_SERVER'

export interface LaunchOptions {
  readonly config: Config
  readonly models: Pick<ModelResolver, 'resolve'>
  readonly model: ResolvedModel
  readonly smallModel: ResolvedModel
  /** The actual port: the configured one may be 0. */
  readonly port: number
  /** The user's own environment. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Whether Claude Code runs in gateway mode. */
  readonly isGatewayMode: boolean
  /** Whether the main model wins over the user's choice in Claude Code. */
  readonly isModelFixed: boolean
  /** Whether the user chose the models, and not this program. */
  readonly isChosen: { readonly model: boolean; readonly smallModel: boolean }
  /** Claude Code sends the user's own credential, because the server has none (AU-0f). */
  readonly showsOwnKey: boolean
}

const spelled = ({ model, contextSuffix }: ResolvedModel): string => clientNameOf(model) + contextSuffix

/** Without these variables, Claude Code uses its own limits for a model's name (OU-R16). */
const limits = ({ limits: { maxTokens } }: Config, { model }: ResolvedModel): Record<string, string> => ({
  ...(maxTokens !== undefined && { CLAUDE_CODE_MAX_OUTPUT_TOKENS: String(maxTokens) }),
  ...(model.isWindowLimited === true && { CLAUDE_CODE_AUTO_COMPACT_WINDOW: String(model.maxInputTokens) }),
})

/** Wins over the user's choice with /model, which then does not last. */
export const fixedModel = 'ANTHROPIC_MODEL'

/** What every launch sets, for any upstream. */
const connectionTo = ({ config, port, environment, isGatewayMode, showsOwnKey }: LaunchOptions) => {
  const token = clientTokenOf(config) ?? (showsOwnKey ? undefined : anyToken)
  return {
    address: {
      ANTHROPIC_BASE_URL: localUrl(config, port),
      ...(token !== undefined && { ANTHROPIC_AUTH_TOKEN: token }),
    },
    others: { ...proxyVariables(environment, config.host), ...(isGatewayMode && { [gatewaySwitch]: '1' }) },
  }
}

/** Claude Code would ask the user about the key, and prefer it to the token. */
export const ownKey = 'ANTHROPIC_API_KEY'

const strayIn = (environment: LaunchOptions['environment'], set: object, names: readonly string[]): string[] =>
  names.filter((name) => environment[name] && !(name in set))

/** Anthropic's API has all models and tools: Claude Code keeps its own defaults (AU-0f). */
const unchangedEnvironment = (options: LaunchOptions): LaunchEnvironment => {
  const { config, model, smallModel, environment, isModelFixed, isChosen, showsOwnKey } = options
  const { address, others } = connectionTo(options)
  // Claude Code knows the newest model for the name of a family.
  const main = isModelFixed ? { [fixedModel]: config.model } : { ANTHROPIC_DEFAULT_MODEL: spelled(model) }
  const small = spelled(smallModel)
  const set = {
    ...address,
    ...(isChosen.model && main),
    ...(isChosen.smallModel && { ANTHROPIC_DEFAULT_HAIKU_MODEL: small, ANTHROPIC_SMALL_FAST_MODEL: small }),
    ...others,
  }
  return { set, unset: [...(showsOwnKey ? [] : [ownKey]), ...strayIn(environment, set, divertingVariables)] }
}

/**
 * Names are hyphenated: Claude Code derives each model's window and limits from them. Every tier is pinned: the default
 * tiers are models that Nexus does not have. Never contains the Nexus key.
 */
export const claudeCodeEnvironment = (options: LaunchOptions): LaunchEnvironment => {
  const { config, models, model, smallModel, environment, isModelFixed } = options
  if (config.upstream === 'anthropic') return unchangedEnvironment(options)
  const [main, small] = [spelled(model), spelled(smallModel)]
  const { address, others } = connectionTo(options)
  const set: Record<string, string> = {
    ...address,
    ANTHROPIC_DEFAULT_MODEL: main,
    ...(isModelFixed && { [fixedModel]: main }),
    ANTHROPIC_DEFAULT_FABLE_MODEL: spelled(models.resolve('fable')),
    ANTHROPIC_DEFAULT_OPUS_MODEL: spelled(models.resolve('opus')),
    ANTHROPIC_DEFAULT_SONNET_MODEL: spelled(models.resolve('sonnet')),
    ANTHROPIC_DEFAULT_HAIKU_MODEL: small,
    ANTHROPIC_SMALL_FAST_MODEL: small,
    DISABLE_NON_ESSENTIAL_MODEL_CALLS: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    CLAUDE_CODE_ATTRIBUTION_HEADER: '0',
    ...limits(config, model),
    ...(config.translation.safeguards === 'client' && { [autoModeServer]: '0' }),
    ...others,
  }
  return { set, unset: [ownKey, ...strayIn(environment, set, [...divertingVariables, fixedModel])] }
}
