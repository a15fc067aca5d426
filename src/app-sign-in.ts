import type { AppDependencies } from './app-dependencies.ts'
import { quotaZoneOf } from './config/limits.ts'
import type { Config } from './config/load.ts'
import type { Limits } from './gateway/policy/limits.ts'
import type { RequestObserver } from './gateway/request-record.ts'
import { createManagedSettings } from './gateway/sign-in/managed-settings.ts'
import { createSpending, type Spending } from './gateway/sign-in/spending.ts'
import { parseModelName } from './messages/model-name.ts'
import type { ModelResolver, ResolvedModel } from './models/resolver.ts'
import type { ServerOptions } from './server/server.ts'
import { cachesForAnHour, connectionOf } from './upstreams/registry.ts'

/** Composes what the server gives those who have signed in, besides the API. */

interface SignedInParts {
  readonly models: ModelResolver
  readonly smallName: string
  readonly limits: Limits | undefined
}

interface SignedIn {
  readonly options: Pick<ServerOptions, 'signIn'>
  readonly observers: readonly RequestObserver[]
}

/** Where the upstream takes any name, the setting may say what the families stand for. */
const mainModelOf = ({ model }: Config, models: ModelResolver): ResolvedModel => {
  const isFamilyMap = models.takesAnyName && models.keepsNames !== true && parseModelName(model) === undefined
  return models.resolve(isFamilyMap ? 'sonnet' : model)
}

const settingsOf = (config: Config, { models, smallName }: SignedInParts) => {
  if (!config.signIn.serveSettings) return undefined
  return createManagedSettings({
    models,
    main: mainModelOf(config, models),
    small: models.resolve(smallName),
    title: connectionOf(config).title,
    maxTokens: config.limits.maxTokens,
    cachesForAnHour: ({ id }) => config.cache.ttl === '1h' && cachesForAnHour(config, id),
    own: config.signIn.settings,
  })
}

/** Undefined without prices. */
const createSpendingOf = (config: Config, { log, history, defer }: AppDependencies): Spending | undefined => {
  // The upstream that has Anthropic's models has Anthropic's prices.
  if (config.prices.size === 0 && config.upstream !== 'anthropic') return undefined
  const spending = createSpending({ zone: quotaZoneOf(config), date: Date.now, log })
  if (history !== undefined) defer(() => void spending.restore(history.spent))
  return spending
}

/** Empty without sign-in. */
export const signedInOf = (config: Config, dependencies: AppDependencies, parts: SignedInParts): SignedIn => {
  const { signIn } = dependencies
  if (signIn === undefined) return { options: {}, observers: [] }
  const spending = createSpendingOf(config, dependencies)
  const { limits } = parts
  const usageOf: NonNullable<ServerOptions['signIn']>['usageOf'] =
    spending &&
    ((client) => ({
      standings: limits?.standings(client) ?? [],
      spent: spending.of(client?.name),
      currency: config.currency,
    }))
  return {
    options: { signIn: { ...signIn, settingsOf: settingsOf(config, parts), usageOf } },
    observers: spending === undefined ? [] : [spending.observer],
  }
}
