import type { Entrance } from '../../http/entrance.ts'
import { errorHead, toErrorBody } from './errors.ts'
import { unknownPath } from './unsupported.ts'

const entrance = (name: string): Entrance => ({
  name,
  requiresToken: true,
  wrongTokenMessage: "Incorrect API key provided. Set your client's key to the client token of this server.",
  unknownPath,
  headers: (requestId) => ({ 'x-request-id': requestId, 'openai-version': '2020-10-01' }),
  timeHeader: 'openai-processing-ms',
  errorResponse: (error) => ({ ...errorHead(error), body: toErrorBody(error) }),
})

export const chatEntrance = entrance('openai-chat')
export const responsesEntrance = entrance('openai-responses')
/** For the other paths of OpenAI's protocol. */
export const openAiEntrance = entrance('openai')
