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

/** Each step of the way to the endpoint, without the key. */

type Environment = Readonly<Record<string, string | undefined>>

const usualPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }

const targetOf = ({ hostname, port, protocol }: URL): Target => ({
  hostname: unbracketed(hostname),
  port: port === '' ? (usualPorts[protocol] ?? 0) : Number(port),
})

const inMs = (from: number): string => `${Math.round(performance.now() - from)} ms`

/** The way as far as it is known, and how far the look at it has come. */
interface Way {
  readonly endpoint: URL
  readonly proxy: NamedProxy | undefined
  readonly place: Destination
  /** Whom we connect to: the proxy, where there is one. */
  readonly first: Target
  /** What fetch makes of it. Asked once. */
  readonly probe: () => Promise<EndpointProbe>
  /** Open so far. */
  socket: Socket | undefined
  /** The step that did not succeed: the ones behind it are skipped. */
  isBroken: boolean
}

const startWay = (environment: Environment, endpointUrl: string): Way => {
  const endpoint = new URL(endpointUrl)
  const proxy = proxyFor(environment, endpointUrl)
  const place = { host: endpoint.host, isPlain: endpoint.protocol === 'http:', proxy: proxy?.url?.host }
  let probe: Promise<EndpointProbe> | undefined
  return {
    endpoint,
    proxy,
    place,
    first: targetOf(proxy?.url ?? endpoint),
    probe() {
      probe ??= probeEndpoint(endpointUrl, place)
      return probe
    },
    socket: undefined,
    isBroken: false,
  }
}

const notReached = 'the step before it failed'
const secureProxy = 'the proxy itself speaks https: the answer tells'
const getsThrough = "This look failed, but the program's own requests get through."

const certificateId = 'endpoint.certificate'

const wordsOf = (error: unknown, id: string, place: Destination): string => {
  if (errorCode(error) !== 'ETIMEDOUT') return toConnectionError(error, place).message
  // By then there is a connection.
  return id === certificateId ? noAnswer(place, stepMs) : connectTimeout(place, `${stepMs / 1000} s`).message
}

/** A step that fails for this look alone is no fault: fetch has the last word. */
const step = (way: Way, id: string, title: string, run: () => Promise<Finding>): Check => ({
  id,
  title,
  async run() {
    if (way.isBroken) return skip(notReached)
    // It goes its way while we look at the steps one by one.
    const probe = way.probe()
    try {
      return await run()
    } catch (error) {
      way.isBroken = true
      const probed = await probe
      if (!('error' in probed)) return info(getsThrough)
      return failWith(wordsOf(error, id, way.place))
    }
  },
})

const proxyFinding = ({ proxy, endpoint, place }: Way, environment: Environment): Finding => {
  if (proxy === undefined) {
    const named = namedProxy(environment, endpoint)
    if (named === undefined) return info('none on the way', { proxy: null })
    const why = bypassesProxy(environment, endpoint) ? 'NO_PROXY says so' : 'this machine needs none'
    return info(`none for ${endpoint.host}: ${named.variable} names one, but ${why}`, { proxy: null })
  }
  const { url, variable } = proxy
  if (url === undefined) return failWith(toConnectionError({ code: 'ERR_INVALID_ARG_VALUE' }, place).message)
  if (!['http:', 'https:'].includes(url.protocol))
    return failWith(toConnectionError({ code: 'UnsupportedProxyProtocol' }, place).message)
  return info(`${url.host} (${variable})`, { proxy: url.host, from: variable })
}

const nameStep = (way: Way): Check =>
  step(way, 'endpoint.name', way.proxy === undefined ? 'Name' : "Proxy's name", async () => {
    const { hostname } = way.first
    if (isAddress(hostname)) return ok(`${hostname} is an address already`)
    const startedAt = performance.now()
    const addresses = await resolveName(hostname)
    return ok(`${hostname} is ${addresses.join(', ')} (${inMs(startedAt)})`, { addresses: addresses.join(',') })
  })

const connectionStep = (way: Way): Check =>
  step(way, 'endpoint.connection', 'Connection', async () => {
    const startedAt = performance.now()
    way.socket = await openConnection(way.first)
    return ok(`${way.proxy === undefined ? '' : 'to the proxy, '}port ${way.first.port} (${inMs(startedAt)})`)
  })

const tunnelStep = (way: Way, proxy: URL): Check =>
  step(way, 'endpoint.tunnel', 'Way through', async () => {
    // Its own certificate would have to be believed before it is told the login.
    if (proxy.protocol === 'https:' || way.socket === undefined) {
      way.socket?.destroy()
      way.socket = undefined
      return skip(secureProxy)
    }
    const { status, signIn } = await openTunnel(way.socket, targetOf(way.endpoint), proxy)
    if (status !== undefined && status >= 200 && status < 300) return ok(`the proxy leads to ${way.endpoint.host}`)
    throw Object.assign(new Error('no way through'), {
      code: 'ERR_PROXY_TUNNEL',
      status,
      headers: { 'proxy-authenticate': signIn },
    })
  })

const certificateStep = (way: Way): Check =>
  step(way, certificateId, 'Certificate', async () => {
    if (way.socket === undefined) return skip(secureProxy)
    const shown = await inspectTls(way.socket, unbracketed(way.endpoint.hostname))
    const finding = certificateFinding(shown, way.place, await way.probe())
    if (finding.status === 'fail') way.isBroken = true
    return finding
  })

/** Fetch does not tell whose certificate it did not believe. */
const answerWords = ({ message }: GatewayError, { proxy }: Way): string =>
  proxy?.url?.protocol === 'https:' && /certificate/i.test(message)
    ? `${message} The proxy speaks https itself, and it may be its certificate that is meant.`
    : message

const answerStep = (way: Way): Check => ({
  id: 'endpoint.answer',
  title: 'Answer',
  async run() {
    way.socket?.destroy()
    const probed = await way.probe()
    if ('error' in probed) return way.isBroken ? skip(notReached) : failWith(answerWords(probed.error, way))
    const { status, ms } = probed
    if (status === proxyLoginStatus)
      return fail(
        'a proxy on the way wants a login, or another than it got (407)',
        'Give it as HTTP_PROXY=http://user:password@host:port, with odd characters percent-encoded.',
        { status },
      )
    const data = { status, ms: Math.round(ms) }
    if (status >= 300 && status <= 399)
      return warn(
        `HTTP ${status}, which leads elsewhere`,
        'Is the endpoint right, or is a login page in the way? Open a web page in a browser and see.',
        data,
      )
    if (status >= 500)
      return warn(
        `HTTP ${status}`,
        'Whoever answers there is in trouble. Run doctor again later; if it goes on, tell whoever runs it.',
        data,
      )
    const isExpected = status === 401 || status === 403
    return ok(`HTTP ${status}${isExpected ? ', as it should be without a key' : ''} (${data.ms} ms)`, data)
  },
})

const stepsOf = (way: Way): Check[] => [
  nameStep(way),
  connectionStep(way),
  ...(way.place.isPlain || way.proxy?.url === undefined ? [] : [tunnelStep(way, way.proxy.url)]),
  ...(way.place.isPlain ? [] : [certificateStep(way)]),
  answerStep(way),
]

export interface Network {
  readonly group: CheckGroup
  /** What the endpoint said without a key; undefined where nobody asked. */
  readonly probe: () => Promise<EndpointProbe | undefined>
}

interface NetworkOptions {
  readonly environment: Environment
  /** Undefined where it is not known. */
  readonly endpointUrl: string | undefined
  /** Why nothing is to be sent. */
  readonly silence: string | undefined
}

export const networkChecks = ({ environment, endpointUrl, silence }: NetworkOptions): Network => {
  if (endpointUrl === undefined) {
    const check = { id: 'endpoint.answer', title: 'Endpoint', run: () => skip(silence ?? '') }
    return { group: { title: 'The way to AI Nexus', checks: [check] }, probe: async () => undefined }
  }
  const way = startWay(environment, endpointUrl)
  const proxy: Check = {
    id: 'proxy',
    title: 'Proxy',
    run() {
      const finding = proxyFinding(way, environment)
      if (finding.status === 'fail') way.isBroken = true
      return finding
    },
  }
  const steps = stepsOf(way).map((step) => unless(() => silence, step))
  return {
    group: {
      title: `The way to AI Nexus, ${endpointUrl}`,
      checks: [proxy, ...steps],
    },
    probe: async () => (silence === undefined ? way.probe() : undefined),
  }
}
