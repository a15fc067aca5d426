import { errorCode } from '../../base/error-code.ts'
import { GatewayError } from '../../base/errors.ts'
import { isObject } from '../../base/json.ts'
import { isLoopbackHost } from '../../base/loopback.ts'
import type { Destination } from './destination.ts'

/** Error messages for failed connections. They name the remedy and never contain a secret. */

interface ConnectionFailure extends Destination {
  readonly code: string
  /** The proxy's response to CONNECT, and the kinds of login that it offers. */
  readonly proxyStatus: number | undefined
  readonly signIn: string
}

interface ConnectionErrorRule {
  /** The `code` in the error of fetch: Bun's, or Node's. */
  readonly codes: RegExp
  readonly isMeant?: (failure: ConnectionFailure) => boolean
  readonly words: (failure: ConnectionFailure) => string
  /** A user must change something first: a retry would only hide that. */
  readonly isLasting?: boolean
}

const urlOf = ({ urlSetting = 'the endpoint URL' }: Destination): string => urlSetting
const checkAddress = (at: Destination): string => `Check ${urlOf(at)} and that you are on the company's network.`
const withoutProxy = (host: string): string => `If ${host} needs no proxy, add it to NO_PROXY.`
const signInFirst = 'If this network requires a login, open a web page in a browser and log in first.'
const ownRoot = "Behind an inspecting proxy, set NODE_EXTRA_CA_CERTS to the company's root certificate, and restart."

const isOf = (from: number, to: number) => (failure: ConnectionFailure) =>
  failure.proxyStatus !== undefined && failure.proxyStatus >= from && failure.proxyStatus <= to
const isLocal = ({ host }: ConnectionFailure): boolean => isLoopbackHost(host.replace(/:\d+$/, ''))
const isProxied = ({ proxy }: ConnectionFailure): boolean => proxy !== undefined
const via = ({ proxy }: Destination): string => (proxy === undefined ? '' : ` through the proxy ${proxy}`)
const theProxy = ({ proxy }: Destination): string => (proxy === undefined ? 'The proxy' : `The proxy ${proxy}`)

const refusedCodes = /^(?:ConnectionRefused|ECONNREFUSED)$/
const nameCodes = /^(?:ENOTFOUND|DNSException|EAI_AGAIN|EAI_FAIL|ENODATA|ESERVFAIL|FailedToOpenSocket)$/
const unreachableCodes =
  /^(?:ETIMEDOUT|ConnectionTimeout|UND_ERR_CONNECT_TIMEOUT|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EHOSTDOWN)$/
/** The connection broke; the other side did not refuse it. */
const brokenCodes = /^(?:ECONNRESET|ConnectionClosed|ECONNABORTED|EPIPE|UND_ERR_SOCKET)$/
const tunnelCodes = /^ERR_PROXY_TUNNEL$/

/** The first match counts. scripts/network.test.ts tests them in the compiled program, with real connections. */
const rows: readonly ConnectionErrorRule[] = [
  {
    codes: refusedCodes,
    isMeant: isProxied,
    words: (at) => `The proxy ${at.proxy} refused the connection. Check HTTPS_PROXY. ${withoutProxy(at.host)}`,
  },
  {
    codes: refusedCodes,
    isMeant: isLocal,
    words: (at) => `${at.host} refused the connection: is the server running? Check ${urlOf(at)} and its port.`,
  },
  { codes: refusedCodes, words: (at) => `${at.host} refused the connection. ${checkAddress(at)}` },
  {
    codes: nameCodes,
    isMeant: isProxied,
    words: (at) =>
      `Cannot resolve or reach the proxy ${at.proxy}. Check HTTPS_PROXY (http://host:port) and that you are on the company's network. ${withoutProxy(at.host)}`,
  },
  { codes: nameCodes, words: (at) => `Cannot resolve or reach ${at.host}. ${checkAddress(at)}` },
  {
    codes: unreachableCodes,
    words: (at) => `Cannot reach ${at.host}${via(at)} (${at.code}). ${checkAddress(at)}`,
  },
  {
    codes: /^CERT_(?:HAS_EXPIRED|NOT_YET_VALID)$/,
    words: ({ host, code }) =>
      `The certificate of ${host} is expired or not yet valid (${code}). Check this machine's clock. If it is right, ask the administrator of ${host} to renew the certificate.`,
    isLasting: true,
  },
  {
    codes: /ALTNAME_INVALID|HOSTNAME_MISMATCH/,
    words: (at) => `The certificate of ${at.host} is for another name (${at.code}). Check ${urlOf(at)}. ${signInFirst}`,
    isLasting: true,
  },
  {
    codes: /CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET)/,
    words: ({ host, code }) => `The certificate of ${host} is not trusted (${code}). ${ownRoot}`,
    isLasting: true,
  },
  {
    codes: /^(?:EPROTO|ERR_SSL_.*)$/,
    words: (at) =>
      `The server at ${at.host}${via(at)} does not speak TLS (${at.code}). Check ${urlOf(at)} and its port. ${signInFirst}`,
    isLasting: true,
  },
  {
    codes: /^Malformed_HTTP_\w+$/,
    words: (at) =>
      `The server at ${at.host}${via(at)} does not speak HTTP (${at.code}). Check ${urlOf(at)} and its port.`,
    isLasting: true,
  },
  {
    codes: /^UnsupportedProxyProtocol$/,
    words: () =>
      'The type of the proxy in the environment is not supported. Set HTTPS_PROXY to an http or https URL, not SOCKS.',
    isLasting: true,
  },
  {
    codes: /^ERR_INVALID_ARG_VALUE$/,
    words: () => 'The URL of the proxy in the environment is not valid. Set HTTPS_PROXY=http://host:port.',
    isLasting: true,
  },
  {
    codes: tunnelCodes,
    isMeant: (failure) =>
      failure.proxyStatus === 407 && /negotiate|ntlm|kerberos/i.test(failure.signIn) && !/basic/i.test(failure.signIn),
    words: (at) =>
      `${theProxy(at)} requires a login by Negotiate or NTLM (407), which is not supported. Run a local proxy that logs in for you, such as px or cntlm, and set HTTPS_PROXY to it. ${withoutProxy(at.host)}`,
    isLasting: true,
  },
  {
    codes: tunnelCodes,
    isMeant: isOf(407, 407),
    words: (at) =>
      `${theProxy(at)} requires a valid user name and password (407). Set HTTPS_PROXY=http://user:password@host:port, with special characters percent-encoded. ${withoutProxy(at.host)}`,
    isLasting: true,
  },
  {
    codes: tunnelCodes,
    isMeant: isOf(500, 599),
    words: (at) => `${theProxy(at)} cannot reach ${at.host} (${at.proxyStatus}). ${checkAddress(at)}`,
  },
  {
    codes: tunnelCodes,
    isMeant: isOf(300, 399),
    words: (at) =>
      `${theProxy(at)} sent a redirect (${at.proxyStatus}) instead of connecting to ${at.host}. ${signInFirst}`,
    isLasting: true,
  },
  {
    codes: tunnelCodes,
    words: (at) =>
      `${theProxy(at)} does not allow connections to ${at.host} (${at.proxyStatus ?? 'no status'}). Ask its administrator to allow them. ${withoutProxy(at.host)}`,
    isLasting: true,
  },
  {
    codes: brokenCodes,
    isMeant: ({ hasAnswered }) => hasAnswered === true,
    words: (at) => `The connection to ${at.host}${via(at)} broke during the response (${at.code}). Try again.`,
  },
  {
    codes: brokenCodes,
    isMeant: ({ isPlain }) => isPlain,
    words: (at) =>
      `The connection to ${at.host}${via(at)} broke (${at.code}). If the server uses TLS, begin ${urlOf(at)} with https.`,
  },
  {
    codes: brokenCodes,
    words: (at) =>
      `The connection to ${at.host}${via(at)} broke (${at.code}). Try again. If it happens again, ask the administrator of ${at.host}.`,
  },
]

const member = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined)

/** Reads fetch's error without its message, which may contain a URL with a password. */
const toFailure = (error: unknown, destination: Destination): ConnectionFailure => {
  const status = member(error, 'status')
  const headers = member(error, 'headers')
  const signIn = headers instanceof Headers ? headers.get('proxy-authenticate') : member(headers, 'proxy-authenticate')
  return {
    ...destination,
    code: errorCode(error) ?? '',
    proxyStatus: typeof status === 'number' ? status : undefined,
    signIn: String(signIn ?? ''),
  }
}

/** Whether the connection broke during a request. Most likely it was a kept-alive one. */
export const isBrokenConnection = (error: unknown): boolean => brokenCodes.test(errorCode(error) ?? '')

/** Turns fetch's error into one that names the remedy. The client may retry if that can help. */
export const toConnectionError = (error: unknown, destination: Destination): GatewayError => {
  const failure = toFailure(error, destination)
  const { code, host } = failure
  const row = rows.find(({ codes, isMeant }) => codes.test(code) && (isMeant?.(failure) ?? true))
  const sentence = row?.words(failure) ?? `The connection to ${host} failed${code === '' ? '' : ` (${code})`}.`
  const mayHelp = row?.isLasting !== true
  return new GatewayError('api_error', sentence, {
    status: 502,
    shouldRetry: mayHelp,
    retryable: mayHelp,
    code: 'upstream_unreachable',
    isLoggable: true,
    cause: error,
  })
}

/** The gateway does not retry this: the user is waiting, and the cause is most likely their network. */
export const connectTimeout = (destination: Destination, seconds: string): GatewayError =>
  new GatewayError(
    'timeout_error',
    `Connecting to ${destination.host}${via(destination)} timed out after ${seconds}. ${checkAddress(destination)}`,
    {
      shouldRetry: true,
      isLoggable: true,
    },
  )
