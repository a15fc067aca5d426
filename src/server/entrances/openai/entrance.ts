import type { Entrance } from '../../http/entrance.ts'
import { errorHead, toOpenAiError } from './errors.ts'

const entrance = (name: string): Entrance => ({
  name,
  headers: (requestId) => ({ 'x-request-id': requestId, 'openai-version': '2020-10-01' }),
  errorResponse: (error) => ({ ...errorHead(error), body: { error: toOpenAiError(error) } }),
})

export const chatEntrance = entrance('openai-chat')
export const responsesEntrance = entrance('openai-responses')
