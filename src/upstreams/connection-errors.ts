import { GatewayError } from '../base/errors.ts'

/** The `code` under which Bun's fetch reports that the line broke, not that the other side refused. */
const brokenConnection: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ConnectionClosed',
  'ECONNABORTED',
  'EPIPE',
  'UND_ERR_SOCKET',
])

const certificateFault = /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)/

/** What the system calls a failure; '' where it does not say. */
export const codeOf = (error: unknown): string => {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : ''
}

/** The line broke under a request: one that had been kept open, most likely. */
export const isBrokenConnection = (error: unknown): boolean => brokenConnection.has(codeOf(error))

const sentenceFor = (code: string, host: string): string => {
  if (code === 'ConnectionRefused' || code === 'ECONNREFUSED') {
    return `Nothing answers at ${host}: connection refused. Is the endpoint right, and are you on the company's network?`
  }
  if (code === 'ENOTFOUND' || code === 'DNSException' || code === 'EAI_AGAIN' || code === 'FailedToOpenSocket') {
    return `The name of ${host} could not be resolved or reached. Is the endpoint right, and are you on the company's network?`
  }
  if (certificateFault.test(code)) {
    return `The certificate of ${host} is not trusted (${code}). Behind an inspecting proxy, set NODE_EXTRA_CA_CERTS to the company's root certificate.`
  }
  if (code === 'UnsupportedProxyProtocol') {
    return `The proxy of the environment is not supported: use an http or https address in HTTPS_PROXY.`
  }
  return `The connection to ${host} failed${code === '' ? '' : ` (${code})`}.`
}

/** What fetch threw, in words that name the remedy. The client may try again. */
export const toConnectionError = (error: unknown, host: string): GatewayError =>
  new GatewayError('api_error', sentenceFor(codeOf(error), host), {
    status: 502,
    shouldRetry: true,
    retryable: true,
    isLoggable: true,
    cause: error,
  })
