import { createApp } from './app.ts'
import { UsageError } from './base/usage-error.ts'
import { checkKeyEncryption, loadPortable, type PortableOptions, portableOptionsOf } from './config/portable-options.ts'
import { afterAnswer } from './gateway/observers/after-answers.ts'
import { chosenModel } from './models/chosen-model.ts'
import { createPortableLog, type Platform, portableFetch, sleep } from './portable-platform.ts'
import { withHost } from './runtime/with-host.ts'
import { workerAdapter } from './server/worker-adapter.ts'
import { defaultMaximumConnections } from './upstreams/http/post.ts'
import { connectionOf, modelsOf } from './upstreams/registry.ts'
import { refuseUrlSources } from './upstreams/url-sources/refuse-url-sources.ts'

/**
 * The app as a function, for Node, Deno, Workers and other programs (OP-X1). It reads no files, no arguments and no
 * environment, and starts no timer before the first request.
 */

export type FetchOptions = PortableOptions
/** `peer` returns the address of the other end of the connection, for limits and the log. */
export type PortableFetch = (request: Request, peer?: () => string | undefined) => Promise<Response>

const millisecondsPerSecond = 1000

const checkRuntime = (): void => {
  if (typeof Promise.withResolvers === 'function') return
  throw new UsageError('This runtime is too old: Promise.withResolvers is missing. Use Node 22 or newer.')
}

/** Seconds since the first request: a Worker knows no time before it. */
const createUptime = () => {
  let startedAt: number | undefined
  return (): number => {
    startedAt ??= performance.now()
    return (performance.now() - startedAt) / millisecondsPerSecond
  }
}

/** Runtimes give a handler something else: Workers their bindings, Deno and Bun facts of the connection. */
const addressOf = (peer: unknown): (() => string | undefined) | undefined => {
  if (typeof peer !== 'function') return undefined
  return () => {
    const address: unknown = peer()
    return typeof address === 'string' ? address : undefined
  }
}

/**
 * Creates the handler. Call it once, when the module is loaded: Workers let the app generate its code only then. Throws
 * UsageError for options that are not valid.
 */
export const createFetch = (options: FetchOptions, platform: Platform = {}): PortableFetch => {
  checkRuntime()
  const loaded = loadPortable(options)
  const { config, sources } = loaded
  const { url, urlSetting, apiKey, isKeyOptional, title, keySetting, keyVariable } = connectionOf(config)
  if (apiKey === undefined && !isKeyOptional)
    throw new UsageError(`No ${title} key. Set ${keySetting} (${keyVariable}).`)
  checkKeyEncryption(loaded, urlSetting, url)
  const named = (key: 'model' | 'smallModel') =>
    ({ name: config[key], isGiven: sources.get(key) !== 'default', where: key }) as const
  const models = modelsOf(config, '')
  chosenModel(models, { ...named('smallModel'), family: 'haiku' })
  const uptime = createUptime()
  const app = createApp(config, {
    defaultModelId: chosenModel(models, { ...named('model'), family: 'sonnet' }).model.id,
    endpointUrl: url,
    apiKey,
    log: createPortableLog(config, platform),
    fetch: portableFetch,
    maximumConnections: defaultMaximumConnections,
    proxy: undefined,
    inlineUrlSources: refuseUrlSources,
    sleep,
    // A task of its own could be lost: Workers end with the answer.
    defer: afterAnswer,
    uptime,
    adapter: workerAdapter,
    isolatesRequests: true,
  })
  return async (request, peer) => {
    uptime()
    return app.fetch(withHost(request), addressOf(peer))
  }
}

/**
 * The options from variables: those of the program, and those of the gateways that an upstream replaces (`MODEL_MAP`,
 * `GATEWAY_TOKEN`, `OPENAI_API_KEY`). Throws UsageError.
 */
export const optionsFromEnvironment = (environment: object): FetchOptions => {
  checkRuntime()
  return portableOptionsOf(environment)
}
