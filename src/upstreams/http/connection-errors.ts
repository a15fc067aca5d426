import { errorCode } from '../../base/error-code.ts'
import { GatewayError } from '../../base/errors.ts'
import { isObject } from '../../base/json.ts'
import type { Destination } from './destination.ts'

/** Why nobody could be reached, in words that name the remedy and never a secret. */

interface ConnectionFailure extends Destination {
  readonly code: string
  /** What the proxy answered when it was asked for a way to the host, and the ways it offers to sign in. */
  readonly proxyStatus: number | undefined
  readonly signIn: string
}

interface ConnectionErrorRule {
  /** The `code` under which Bun's fetch reports it. */
  readonly codes: RegExp
  readonly isMeant?: (failure: ConnectionFailure) => boolean
  readonly words: (failure: ConnectionFailure) => string
  /** Somebody has to change something first: to try again would only hide that. */
  readonly isLasting?: boolean
}

const checkAddress = "Is the endpoint right, and are you on the company's network?"
const withoutProxy = (host: string): string => `If ${host} is reached without a proxy, add it to NO_PROXY.`
const signInFirst = 'If this network wants a login, open a web page in a browser and log in first.'
const ownRoot =
  "Behind an inspecting proxy, set NODE_EXTRA_CA_CERTS to the company's root certificate, and start again."

const isOf = (from: number, to: number) => (failure: ConnectionFailure) =>
  failure.proxyStatus !== undefined && failure.proxyStatus >= from && failure.proxyStatus <= to
const isProxied = ({ proxy }: ConnectionFailure): boolean => proxy !== undefined
const via = ({ proxy }: Destination): string => (proxy === undefined ? '' : ` through the proxy ${proxy}`)
const theProxy = ({ proxy }: Destination): string => (proxy === undefined ? 'The proxy' : `The proxy ${proxy}`)

const refusedCodes = /^(?:ConnectionRefused|ECONNREFUSED)$/
const nameCodes = /^(?:ENOTFOUND|DNSException|EAI_AGAIN|EAI_FAIL|ENODATA|ESERVFAIL|FailedToOpenSocket)$/
const unreachableCodes = /^(?:ETIMEDOUT|ConnectionTimeout|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EHOSTDOWN)$/
/** The line broke; the other side did not refuse. */
const brokenCodes = /^(?:ECONNRESET|ConnectionClosed|ECONNABORTED|EPIPE|UND_ERR_SOCKET)$/
const tunnelCodes = /^ERR_PROXY_TUNNEL$/

/** The first that fits is told. Held by scripts/network.test.ts, in the compiled program, on real lines. */
const rows: readonly ConnectionErrorRule[] = [
  {
    codes: refusedCodes,
    isMeant: isProxied,
    words: (at) =>
      `Nothing answers at the proxy ${at.proxy}: connection refused. Is HTTPS_PROXY right? ${withoutProxy(at.host)}`,
  },
  { codes: refusedCodes, words: ({ host }) => `Nothing answers at ${host}: connection refused. ${checkAddress}` },
  {
    codes: nameCodes,
    isMeant: isProxied,
    words: (at) =>
      `The name of the proxy ${at.proxy} could not be resolved or reached. Is HTTPS_PROXY right (http://host:port), and are you on the company's network? ${withoutProxy(at.host)}`,
  },
  { codes: nameCodes, words: ({ host }) => `The name of ${host} could not be resolved or reached. ${checkAddress}` },
  {
    codes: unreachableCodes,
    words: (at) => `${at.host} could not be reached${via(at)} (${at.code}). ${checkAddress}`,
  },
  {
    codes: /^CERT_(?:HAS_EXPIRED|NOT_YET_VALID)$/,
    words: ({ host, code }) =>
      `The certificate of ${host} is out of date (${code}). Is this machine's clock right? If it is, whoever runs ${host} has to renew it.`,
    isLasting: true,
  },
  {
    codes: /ALTNAME_INVALID|HOSTNAME_MISMATCH/,
    words: ({ host, code }) =>
      `The certificate shown for ${host} is for another name (${code}). Is the endpoint right? ${signInFirst}`,
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
      `What answers for ${at.host}${via(at)} does not speak TLS (${at.code}). Are the endpoint and its port right? ${signInFirst}`,
    isLasting: true,
  },
  {
    codes: /^Malformed_HTTP_\w+$/,
    words: (at) =>
      `What answers for ${at.host}${via(at)} does not speak HTTP (${at.code}). Are the endpoint and its port right?`,
    isLasting: true,
  },
  {
    codes: /^UnsupportedProxyProtocol$/,
    words: () =>
      'The proxy of the environment is not supported, SOCKS for one: use an http or https address in HTTPS_PROXY.',
    isLasting: true,
  },
  {
    codes: /^ERR_INVALID_ARG_VALUE$/,
    words: () => 'The address of the proxy in the environment cannot be read: HTTPS_PROXY is http://host:port.',
    isLasting: true,
  },
  {
    codes: tunnelCodes,
    isMeant: (failure) =>
      failure.proxyStatus === 407 && /negotiate|ntlm|kerberos/i.test(failure.signIn) && !/basic/i.test(failure.signIn),
    words: (at) =>
      `${theProxy(at)} wants a login by Negotiate or NTLM (407), which is not supported. Run a local proxy that logs in for you, such as px or cntlm, and name it in HTTPS_PROXY. ${withoutProxy(at.host)}`,
    isLasting: true,
  },
  {
    codes: tunnelCodes,
    isMeant: isOf(407, 407),
    words: (at) =>
      `${theProxy(at)} wants a user name and a password, or others than it got (407). Give them as HTTPS_PROXY=http://user:password@host:port, with odd characters percent-encoded. ${withoutProxy(at.host)}`,
    isLasting: true,
  },
  {
    codes: tunnelCodes,
    isMeant: isOf(500, 599),
    words: (at) => `${theProxy(at)} could not reach ${at.host} (${at.proxyStatus}). ${checkAddress}`,
  },
  {
    codes: tunnelCodes,
    isMeant: isOf(300, 399),
    words: (at) =>
      `${theProxy(at)} pointed elsewhere (${at.proxyStatus}) instead of leading to ${at.host}. ${signInFirst}`,
    isLasting: true,
  },
  {
    codes: tunnelCodes,
    words: (at) =>
      `${theProxy(at)} does not lead to ${at.host} (${at.proxyStatus ?? 'no status'}). Ask whoever runs it to allow that. ${withoutProxy(at.host)}`,
    isLasting: true,
  },
  {
    codes: brokenCodes,
    isMeant: ({ hasAnswered }) => hasAnswered === true,
    words: (at) => `The connection to ${at.host}${via(at)} broke in the middle of the answer (${at.code}). Try again.`,
  },
  {
    codes: brokenCodes,
    isMeant: ({ isPlain }) => isPlain,
    words: (at) =>
      `The connection to ${at.host}${via(at)} broke (${at.code}). If it speaks https, the endpoint has to begin with https.`,
  },
  {
    codes: brokenCodes,
    words: (at) =>
      `The connection to ${at.host}${via(at)} broke (${at.code}). Try again; if it goes on, ask whoever runs it.`,
  },
]

const member = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined)

/** What fetch threw, without its words: they may hold an address with a password in it. */
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

/** The line broke under a request: one that had been kept open, most likely. */
export const isBrokenConnection = (error: unknown): boolean => brokenCodes.test(errorCode(error) ?? '')

/** What fetch threw, in words that name the remedy. The client may try again where that can help. */
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
    isLoggable: true,
    cause: error,
  })
}

/** Not tried again by ourselves: the person waits, and it is most likely the network they are in. */
export const connectTimeout = (destination: Destination, seconds: string): GatewayError =>
  new GatewayError(
    'timeout_error',
    `No connection to ${destination.host}${via(destination)} came about within ${seconds}. ${checkAddress}`,
    {
      shouldRetry: true,
      isLoggable: true,
    },
  )
