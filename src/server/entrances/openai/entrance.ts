import type { GatewayError } from '../../../base/errors.ts'
import type { Entrance } from '../../http/entrance.ts'

/** OpenAI's envelope of errors, for every path of this entrance (section 6). */
export interface OpenAiError {
  readonly message: string
  readonly type: string
  readonly param: string | null
  readonly code: string | null
}

export const toOpenAiError = (error: GatewayError): OpenAiError => ({
  message: error.message,
  type: error.type,
  param: null,
  code: null,
})

const entrance = (name: string): Entrance => ({
  name,
  headers: (requestId) => ({ 'x-request-id': requestId, 'openai-version': '2020-10-01' }),
  errorResponse: (error) => ({ status: error.status, body: { error: toOpenAiError(error) } }),
})

export const chatEntrance = entrance('openai-chat')
export const responsesEntrance = entrance('openai-responses')
