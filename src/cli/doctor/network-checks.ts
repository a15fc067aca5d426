import type { Socket } from 'node:net'
import { unbracketed } from '../../base/brackets.ts'
import { errorCode } from '../../base/error-code.ts'
import type { GatewayError } from '../../base/errors.ts'
import { connectTimeout, toConnectionError } from '../../upstreams/http/connection-errors.ts'
import type { Destination } from '../../upstreams/http/destination.ts'
import { bypassesProxy, type NamedProxy, namedProxy, proxyFor } from '../system/proxy.ts'
import { certificateFinding } from './certificate.ts'
import { type Check, type CheckGroup, type Finding, fail, failWith, info, ok, skip, unless, warn } from './check.ts'
import { type EndpointProbe, noAnswer, probeEndpoint, proxyLoginStatus } from './probe-endpoint.ts'
import { inspectTls, isAddress, openConnection, openTunnel, resolveName, stepMs, type Target } from './sockets.ts'

/** Checks each step of the connection to the endpoint, without the key. */

type Environment = Readonly<Record<string, string | undefined>>

const usualPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }

const targetOf = ({ hostname, port, protocol }: URL): Target => ({
  hostname: unbracketed(hostname),
  port: port === '' ? (usualPorts[protocol] ?? 0) : Number(port),
})

const inMs = (from: number): string => `${Math.round(performance.now() - from)} ms`

/** The route to the endpoint, and the progress of its checks. */
interface Route {
  readonly endpoint: URL
  readonly proxy: NamedProxy | undefined
  readonly destination: Destination
  /** The first hop: the proxy, if there is one. */
  readonly first: Target
  /** The result of fetch, which sends at most one request. */
  readonly probe: () => Promise<EndpointProbe>
  /** The open connection. */
  socket: Socket | undefined
  /** Whether a step failed: later steps are skipped. */
  isBroken: boolean
}

const startRoute = (environment: Environment, endpointUrl: string): Route => {
  const endpoint = new URL(endpointUrl)
  const proxy = proxyFor(environment, endpointUrl)
  const destination = { host: endpoint.host, isPlain: endpoint.protocol === 'http:', proxy: proxy?.url?.host }
  let probe: Promise<EndpointProbe> | undefined
  return {
    endpoint,
    proxy,
    destination,
    first: targetOf(proxy?.url ?? endpoint),
    probe() {
      probe ??= probeEndpoint(endpointUrl, destination)
      return probe
    },
    socket: undefined,
    isBroken: false,
  }
}

const notReached = 'an earlier step failed'
const secureProxy = 'the proxy itself uses https: the answer below includes this step'
const getsThrough = 'This check failed, but requests of this program get through.'

const certificateId = 'endpoint.certificate'

const wordsOf = (error: unknown, id: string, destination: Destination): string => {
  if (errorCode(error) !== 'ETIMEDOUT') return toConnectionError(error, destination).message
  // The connection is open before this step.
  return id === certificateId
    ? noAnswer(destination, stepMs)
    : connectTimeout(destination, `${stepMs / 1000} s`).message
}

/** A step that fails only here is not an error: the result of fetch decides. */
const step = (route: Route, id: string, title: string, run: () => Promise<Finding>): Check => ({
  id,
  title,
  async run() {
    if (route.isBroken) return skip(notReached)
    // The probe runs while the steps are checked one by one.
    const probe = route.probe()
    try {
      return await run()
    } catch (error) {
      route.isBroken = true
      const probed = await probe
      if (!('error' in probed)) return info(getsThrough)
      return failWith(wordsOf(error, id, route.destination))
    }
  },
})

const proxyFinding = ({ proxy, endpoint, destination }: Route, environment: Environment): Finding => {
  if (proxy === undefined) {
    const named = namedProxy(environment, endpoint)
    if (named === undefined) return info('no proxy', { proxy: null })
    const why = bypassesProxy(environment, endpoint)
      ? 'NO_PROXY excludes this host'
      : 'requests to this machine need none'
    return info(`no proxy for ${endpoint.host}: ${named.variable} names one, but ${why}`, { proxy: null })
  }
  const { url, variable } = proxy
  if (url === undefined) return failWith(toConnectionError({ code: 'ERR_INVALID_ARG_VALUE' }, destination).message)
  if (!['http:', 'https:'].includes(url.protocol))
    return failWith(toConnectionError({ code: 'UnsupportedProxyProtocol' }, destination).message)
  return info(`${url.host} (${variable})`, { proxy: url.host, from: variable })
}

const nameStep = (route: Route): Check =>
  step(route, 'endpoint.name', route.proxy === undefined ? 'Name' : "Proxy's name", async () => {
    const { hostname } = route.first
    if (isAddress(hostname)) return ok(`${hostname} is already an address`)
    const startedAt = performance.now()
    const addresses = await resolveName(hostname)
    return ok(`${hostname} resolves to ${addresses.join(', ')} (${inMs(startedAt)})`, {
      addresses: addresses.join(','),
    })
  })

const connectionStep = (route: Route): Check =>
  step(route, 'endpoint.connection', 'Connection', async () => {
    const startedAt = performance.now()
    route.socket = await openConnection(route.first)
    return ok(`${route.proxy === undefined ? '' : 'to the proxy, '}port ${route.first.port} (${inMs(startedAt)})`)
  })

const tunnelStep = (route: Route, proxy: URL): Check =>
  step(route, 'endpoint.tunnel', 'Tunnel', async () => {
    // The proxy's certificate must be trusted before it gets the login.
    if (proxy.protocol === 'https:' || route.socket === undefined) {
      route.socket?.destroy()
      route.socket = undefined
      return skip(secureProxy)
    }
    const { status, signIn } = await openTunnel(route.socket, targetOf(route.endpoint), proxy)
    if (status !== undefined && status >= 200 && status < 300) return ok(`the proxy connects to ${route.endpoint.host}`)
    throw Object.assign(new Error('no tunnel'), {
      code: 'ERR_PROXY_TUNNEL',
      status,
      headers: { 'proxy-authenticate': signIn },
    })
  })

const certificateStep = (route: Route): Check =>
  step(route, certificateId, 'Certificate', async () => {
    if (route.socket === undefined) return skip(secureProxy)
    const shown = await inspectTls(route.socket, unbracketed(route.endpoint.hostname))
    const finding = certificateFinding(shown, route.destination, await route.probe())
    if (finding.status === 'fail') route.isBroken = true
    return finding
  })

/** Fetch does not report whose certificate it does not trust. */
const answerWords = ({ message }: GatewayError, { proxy }: Route): string =>
  proxy?.url?.protocol === 'https:' && /certificate/i.test(message)
    ? `${message} The error may concern the proxy's certificate, because the proxy itself uses https.`
    : message

const answerStep = (route: Route): Check => ({
  id: 'endpoint.answer',
  title: 'Answer',
  async run() {
    route.socket?.destroy()
    const probed = await route.probe()
    if ('error' in probed) return route.isBroken ? skip(notReached) : failWith(answerWords(probed.error, route))
    const { status, ms } = probed
    if (status === proxyLoginStatus)
      return fail(
        'a proxy requires a login, or refuses the login that it got (407)',
        'Set HTTP_PROXY=http://user:password@host:port, with special characters percent-encoded.',
        { status },
      )
    const data = { status, ms: Math.round(ms) }
    if (status >= 300 && status <= 399)
      return warn(
        `HTTP ${status}, a redirect`,
        'Check the endpoint URL. If this network requires a login, open a web page in a browser and log in.',
        data,
      )
    if (status >= 500)
      return warn(
        `HTTP ${status}`,
        'The server there has an error. Run doctor again later; if the error persists, report it to the administrator.',
        data,
      )
    const isExpected = status === 401 || status === 403
    return ok(`HTTP ${status}${isExpected ? ', as expected without a key' : ''} (${data.ms} ms)`, data)
  },
})

const stepsOf = (route: Route): Check[] => [
  nameStep(route),
  connectionStep(route),
  ...(route.destination.isPlain || route.proxy?.url === undefined ? [] : [tunnelStep(route, route.proxy.url)]),
  ...(route.destination.isPlain ? [] : [certificateStep(route)]),
  answerStep(route),
]

export interface Network {
  readonly group: CheckGroup
  /** The endpoint's response without a key; undefined if no request was sent. */
  readonly probe: () => Promise<EndpointProbe | undefined>
}

interface NetworkOptions {
  readonly environment: Environment
  /** The upstream's name for users. */
  readonly title: string
  /** Undefined if it is not known. */
  readonly endpointUrl: string | undefined
  /** The reason to send no requests. */
  readonly skipReason: string | undefined
}

export const networkChecks = ({ environment, title, endpointUrl, skipReason }: NetworkOptions): Network => {
  if (endpointUrl === undefined) {
    const check = { id: 'endpoint.answer', title: 'Endpoint', run: () => skip(skipReason ?? '') }
    return { group: { title: `Connection to ${title}`, checks: [check] }, probe: async () => undefined }
  }
  const route = startRoute(environment, endpointUrl)
  const proxy: Check = {
    id: 'proxy',
    title: 'Proxy',
    run() {
      const finding = proxyFinding(route, environment)
      if (finding.status === 'fail') route.isBroken = true
      return finding
    },
  }
  const steps = stepsOf(route).map((step) => unless(() => skipReason, step))
  return {
    group: {
      title: `Connection to ${title}, ${endpointUrl.replace(/\?.*$/, '')}`,
      checks: [proxy, ...steps],
    },
    probe: async () => (skipReason === undefined ? route.probe() : undefined),
  }
}
