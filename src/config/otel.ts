import { isLoopbackHost } from '../base/loopback.ts'
import { Secret } from '../base/secret.ts'
import { UsageError } from '../base/usage-error.ts'
import { productName } from '../version.ts'
import type { Config } from './load.ts'
import { choiceOf, countOf, type Environment, firstOf, pairsOf, textOf } from './otel-variables.ts'

/** What the server sends to an OpenTelemetry collector, from its settings and the standard variables (OP-O). */

type OtelConfig = Pick<Config, 'otel' | 'allowHttp' | 'workers'>

type Signal = 'traces' | 'metrics' | 'logs'

const prefix = 'OTEL_EXPORTER_OTLP_'

/** The variables of an exporter's setting: that of the signal wins. */
const namesOf = (signal: Signal, setting: string): readonly string[] => [
  `${prefix}${signal.toUpperCase()}_${setting}`,
  `${prefix}${setting}`,
]

/** OpenTelemetry's defaults. Times in milliseconds. */
const defaults = {
  endpoint: 'http://localhost:4318',
  timeoutMs: 10_000,
  queueSize: 2048,
  batchSize: 512,
  delayMs: 5000,
  spanTimeoutMs: 30_000,
  metricIntervalMs: 60_000,
  metricTimeoutMs: 30_000,
}

/** Throws UsageError for an address that requests cannot be sent to. The message has no query, which may be a secret. */
const addressOf = ({ name, text }: { name: string; text: string }): URL => {
  const url = URL.parse(text)
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new UsageError(`${name} must be a URL that begins with http:// or https://.`)
  if (url.username !== '' || url.password !== '')
    throw new UsageError(`${name} has a user name or a password. Put the credential into ${prefix}HEADERS.`)
  return url
}

/** The standard appends the path of the signal only to the address of all signals. */
const endpointOf = (signal: Signal, environment: Environment): URL => {
  const [own = '', common = ''] = namesOf(signal, 'ENDPOINT')
  const specific = textOf(environment, own)
  if (specific !== undefined) return addressOf({ name: own, text: specific })
  const url = addressOf({ name: common, text: textOf(environment, common) ?? defaults.endpoint })
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/${signal}`
  return url
}

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/

/** They describe the connection or the body. */
const ownHeaders: ReadonlySet<string> = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'host',
  'transfer-encoding',
])

/** The headers of one variable. Throws UsageError. */
const headersIn = (variable: string, environment: Environment): (readonly [string, Secret])[] =>
  pairsOf(environment, variable, (key, value) => headerName.test(key) && headerValue.test(value)).map(
    ([key, value]) => {
      const name = key.toLowerCase()
      if (ownHeaders.has(name))
        throw new UsageError(`${variable} sets the header ${name}, which the server sets itself. Remove it.`)
      return [name, new Secret(value)]
    },
  )

const headersOf = (signal: Signal, environment: Environment): ReadonlyMap<string, Secret> =>
  // Those of the signal last: they win.
  new Map([...namesOf(signal, 'HEADERS')].reverse().flatMap((variable) => headersIn(variable, environment)))

/** A protocol whose collectors read JSON, too. */
const protobuf = 'http/protobuf'

const checkProtocol = (signal: Signal, environment: Environment): void => {
  const found = firstOf(environment, namesOf(signal, 'PROTOCOL'))
  if (found === undefined || ['http/json', protobuf].includes(found.text)) return
  throw new UsageError(
    `${found.name} is ${found.text}, which is not supported. Set it to http/json, and the endpoint to the collector's port for HTTP, usually 4318.`,
  )
}

const protocolWarning = (signal: Signal, environment: Environment): string[] => {
  const found = firstOf(environment, namesOf(signal, 'PROTOCOL'))
  if (found?.text !== protobuf) return []
  return [
    `${found.name} is ${protobuf}, which is not supported: JSON is sent, which collectors read at the same address.`,
  ]
}

/** Variables of exporters that have no effect here, and what has. */
const unused = ['CERTIFICATE', 'CLIENT_CERTIFICATE', 'CLIENT_KEY']

const unusedVariables = (signal: Signal, environment: Environment): string[] =>
  unused.flatMap((setting) => {
    const found = firstOf(environment, namesOf(signal, setting))
    if (found === undefined) return []
    return [`${found.name} is not used. Name your own certificate authority in NODE_EXTRA_CA_CERTS.`]
  })

/** Whether the signal goes to a collector; other exporters do not exist here. Throws UsageError. */
const isSent = (signal: Signal, environment: Environment): boolean =>
  choiceOf(environment, [`OTEL_${signal.toUpperCase()}_EXPORTER`], ['otlp', 'none']) !== 'none'

const targetOf = (signal: Signal, environment: Environment, { allowHttp }: OtelConfig) => {
  if (!isSent(signal, environment)) return undefined
  checkProtocol(signal, environment)
  const url = endpointOf(signal, environment)
  const headers = headersOf(signal, environment)
  const isEncrypted = url.protocol === 'https:' || isLoopbackHost(url.hostname)
  const hasSecret = headers.size > 0 || url.search !== ''
  if (!isEncrypted && hasSecret && !allowHttp)
    throw new UsageError(
      `The collector's address begins with http, so ${headers.size > 0 ? `${prefix}HEADERS` : 'its query'} would go to ${url.hostname} unencrypted. Use https; if HTTPS is not available, pass --allow-http.`,
    )
  return {
    url: url.href,
    headers,
    timeoutMs: countOf(environment, namesOf(signal, 'TIMEOUT'), defaults.timeoutMs),
    isCompressed: choiceOf(environment, namesOf(signal, 'COMPRESSION'), ['none', 'gzip']) === 'gzip',
  }
}

const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const
const samplerVariable = 'OTEL_TRACES_SAMPLER'

/** Throws UsageError. */
const samplingOf = (environment: Environment) => {
  const sampler = choiceOf(environment, [samplerVariable], samplers) ?? 'parentbased_always_on'
  const isParentBased = sampler.startsWith('parentbased_')
  if (!sampler.endsWith('traceidratio')) return { ratio: sampler.endsWith('always_on') ? 1 : 0, isParentBased }
  const name = `${samplerVariable}_ARG`
  const ratio = Number(textOf(environment, name) ?? '1')
  if (ratio >= 0 && ratio <= 1) return { ratio, isParentBased }
  throw new UsageError(`${name} must be a number from 0 to 1, such as 0.25 for a quarter of the traces.`)
}

const attributesVariable = 'OTEL_RESOURCE_ATTRIBUTES'

const resourceOf = (environment: Environment) => {
  const attributes = new Map(pairsOf(environment, attributesVariable, () => true))
  const serviceName = textOf(environment, 'OTEL_SERVICE_NAME') ?? attributes.get('service.name') ?? productName
  return { attributes, serviceName }
}

const batchesOf = (environment: Environment) => {
  const queueSize = countOf(environment, ['OTEL_BSP_MAX_QUEUE_SIZE'], defaults.queueSize)
  const size = countOf(environment, ['OTEL_BSP_MAX_EXPORT_BATCH_SIZE'], defaults.batchSize)
  return {
    queueSize,
    size: Math.min(size, queueSize),
    delayMs: countOf(environment, ['OTEL_BSP_SCHEDULE_DELAY'], defaults.delayMs),
    timeoutMs: countOf(environment, ['OTEL_BSP_EXPORT_TIMEOUT'], defaults.spanTimeoutMs),
  }
}

const metricTimesOf = (environment: Environment) => {
  const everyMs = countOf(environment, ['OTEL_METRIC_EXPORT_INTERVAL'], defaults.metricIntervalMs)
  const timeoutMs = countOf(environment, ['OTEL_METRIC_EXPORT_TIMEOUT'], defaults.metricTimeoutMs)
  const temporality = choiceOf(
    environment,
    [`${prefix}METRICS_TEMPORALITY_PREFERENCE`],
    ['cumulative', 'delta', 'lowmemory'],
  )
  // The two others differ only for instruments that this server does not have.
  return { everyMs, timeoutMs: Math.min(timeoutMs, everyMs), isDelta: (temporality ?? 'cumulative') !== 'cumulative' }
}

const disabledVariable = 'OTEL_SDK_DISABLED'
const isDisabled = (environment: Environment): boolean =>
  textOf(environment, disabledVariable)?.toLowerCase() === 'true'

/** Undefined if nothing is to be sent. Throws UsageError for a variable that is not valid. */
export const otelOf = (config: OtelConfig, environment: Environment) => {
  const { enabled, names, propagate } = config.otel
  if (!enabled || isDisabled(environment)) return undefined
  return {
    names,
    resource: resourceOf(environment),
    trace: { ...samplingOf(environment), propagates: propagate },
    traces: targetOf('traces', environment, config),
    batches: batchesOf(environment),
    metrics: targetOf('metrics', environment, config),
    metricTimes: metricTimesOf(environment),
  }
}

/**
 * Where Claude Code's own telemetry goes (SI-O1): the collector of each signal, whether or not this server sends its own.
 * Empty if it is thrown away. Throws UsageError like `otelOf`.
 */
export const forwardedTelemetryOf = (config: OtelConfig & Pick<Config, 'signIn'>, environment: Environment) => {
  if (config.signIn.telemetry !== 'forward' || isDisabled(environment)) return new Map<Signal, never>()
  const targets = (['metrics', 'logs', 'traces'] as const).map(
    (signal) => [signal, targetOf(signal, environment, config)] as const,
  )
  return new Map(targets.flatMap(([signal, target]) => (target === undefined ? [] : [[signal, target] as const])))
}

const instanceIdAttribute = 'service.instance.id'
const sharedIdWarning = `${attributesVariable} has ${instanceIdAttribute}, so the figures of all workers get the same name and replace each other. Leave it out: each worker has an id of its own.`

/** Variables that have no effect, or another one than the user expects. */
export const otelWarnings = (
  { otel: { enabled }, workers }: OtelConfig,
  environment: Environment,
): readonly string[] => {
  if (!enabled) return []
  if (isDisabled(environment)) return [`${disabledVariable} is true: --otel sends nothing.`]
  const warnings = (['traces', 'metrics'] as const).flatMap((signal) => [
    ...protocolWarning(signal, environment),
    ...unusedVariables(signal, environment),
  ])
  const sharesId = workers > 1 && textOf(environment, attributesVariable)?.includes(instanceIdAttribute)
  return [...new Set(warnings), ...(sharesId ? [sharedIdWarning] : [])]
}

/** The hosts that get traces and metrics, for messages. Throws UsageError like `otelOf`. */
export const otelHosts = (config: OtelConfig, environment: Environment): string | undefined => {
  const { traces, metrics } = otelOf(config, environment) ?? {}
  const hosts = [traces, metrics].flatMap((target) => (target === undefined ? [] : [new URL(target.url).host]))
  return hosts.length === 0 ? undefined : [...new Set(hosts)].join(', ')
}
