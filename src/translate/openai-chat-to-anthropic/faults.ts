import { GatewayError } from '../../base/errors.ts'

const badGatewayStatus = 502

/** The request is valid, so a retry may succeed. */
const upstreamFault = (message: string): GatewayError =>
  new GatewayError('api_error', message, { status: badGatewayStatus, retryable: true, isLoggable: true })

/** The error for an incomplete stream, which must not look complete (OU-S14). */
export const brokenStream = (detail: string): GatewayError => upstreamFault(`The upstream's stream broke: ${detail}.`)

/** The error for a response with neither an answer nor an error (OU-A3). */
export const noChoices = (): GatewayError => upstreamFault('The upstream sent a response without choices.')

const overloaded = (): GatewayError =>
  new GatewayError('overloaded_error', 'The upstream stopped for lack of resources.', {
    retryable: true,
    isLoggable: true,
  })

/** Values of `finish_reason` that report a failure, not the end of an answer (OU-A26). */
const failures: ReadonlyMap<string, () => GatewayError> = new Map([
  ['error', () => upstreamFault('The upstream stopped with an error.')],
  ['network_error', () => upstreamFault('The upstream stopped with a network error.')],
  ['abort', () => upstreamFault('The upstream aborted the response.')],
  ['insufficient_system_resource', overloaded],
])

/** The error that a `finish_reason` reports; undefined for a normal end. */
export const failureOf = (finishReason: string): GatewayError | undefined => failures.get(finishReason)?.()
