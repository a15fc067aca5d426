import { GatewayError } from '../../../base/errors.ts'

/** OpenAI's paths that this server does not have. A 404 and not a 501, which SDKs would repeat (OE-M5). */

const pattern =
  /^\/(?:openai|v1)(?:\/v1)*\/(completions|embeddings|images|audio|moderations|files|batches|realtime|assistants|threads|vector_stores|fine_tuning|uploads|conversations|evals)(?=\/|$)/

/** The name of an endpoint of OpenAI's API that this server does not have. */
const unsupportedEndpoint = (path: string): string | undefined => pattern.exec(path)?.[1]

export const isUnsupported = (path: string): boolean => unsupportedEndpoint(path) !== undefined

const available = 'Available: POST /v1/chat/completions, POST /v1/responses, GET /v1/models.'

/** What helps more than the list. */
const hints: Readonly<Record<string, string>> = {
  completions: 'Send a conversation to /v1/chat/completions.',
  embeddings: 'Claude has no embeddings.',
  files: 'Send the content of a file in the request.',
  uploads: 'Send the content of a file in the request.',
  conversations: 'Send the whole conversation, or previous_response_id, to /v1/responses.',
  assistants: 'Use /v1/responses.',
  threads: 'Use /v1/responses.',
}

const hasStoredAnswer = /\/(?:chat\/completions|responses)\/./
const hasVersionTwice = /\/v1\/v1(?:\/|$)/
/** The base URL of the client contains the path of an endpoint. */
const hasEndpointTwice = /\/(?:chat\/completions|responses)\/(?:chat\/completions|responses|models)$/

interface Fault {
  readonly code: string
  readonly sentence: string
  /** The sentence without the path, for the log. */
  readonly rule: string
  readonly hint: string
}

const toError = ({ code, sentence, rule, hint }: Fault): GatewayError =>
  new GatewayError('not_found_error', `${sentence} ${hint}`, { code, reason: `${rule} ${hint}` })

const unknownUrl = (path: string) =>
  ({ code: 'unknown_url', sentence: `Unknown path ${path}.`, rule: 'Unknown path.' }) as const

/** The error for a path without a route. */
export const unknownPath = (path: string): GatewayError => {
  if (hasEndpointTwice.test(path))
    return toError({ ...unknownUrl(path), hint: 'Remove the path of the endpoint from the base URL: it ends in /v1.' })
  const endpoint = unsupportedEndpoint(path)
  if (endpoint !== undefined || hasStoredAnswer.test(path)) {
    const hint = hints[endpoint ?? '']
    return toError({
      code: 'unsupported_endpoint',
      sentence: `${path} is not supported.`,
      rule: 'The endpoint is not supported.',
      hint: hint === undefined ? available : `${hint} ${available}`,
    })
  }
  return toError({
    ...unknownUrl(path),
    hint: hasVersionTwice.test(path) ? 'Remove one /v1 from the end of the base URL.' : available,
  })
}
