import { GatewayError } from '../../../base/errors.ts'
import { encodeSse } from '../../../codec/sse/encode.ts'
import type { ErrorBody } from '../../../wire/anthropic/response.ts'
import type { Entrance, StreamWriter } from '../../http/entrance.ts'
import { eventText } from './event-text.ts'

const errorBody = (error: GatewayError, requestId: string): ErrorBody => ({
  type: 'error',
  error: { type: error.type, message: error.message, ...(error.details && { details: error.details }) },
  request_id: requestId,
})

/** These paths are here only while OpenAI's API is off. */
const isOfOpenAi = (path: string): boolean => /\/(?:chat\/completions|responses)$/.test(path)

const hintFor = (path: string) => {
  if (path.startsWith('/v1/v1/')) return ' Remove /v1 from the end of ANTHROPIC_BASE_URL.'
  return isOfOpenAi(path) ? " This server's OpenAI API is off: see openaiEntrance.enabled and --no-openai-api." : ''
}

const unknownPath = (path: string): GatewayError => {
  const hint = hintFor(path)
  return new GatewayError('not_found_error', `Unknown path ${path}.${hint}`, {
    reason: `Unknown path.${hint}`,
  })
}

/** Anthropic's Messages API: the entrance of every path that belongs to no other entrance. */
export const anthropicEntrance: Entrance = {
  name: 'anthropic',
  wrongTokenMessage: 'invalid x-api-key',
  signedOutMessage: 'Signed out here. Run /login in Claude Code.',
  unknownPath,
  errorResponse: (error, requestId) => ({ status: error.status, body: errorBody(error, requestId) }),
}

const asEvent = (error: GatewayError): GatewayError => new GatewayError(error.typeInStream, error.message)

const ping = encodeSse({ type: 'ping' })

/** `requestId` is for the `error` event. */
export const createStreamWriter = (requestId: string): StreamWriter => ({
  opening: () => ping,
  ping: () => ping,
  batch(events) {
    let text = ''
    for (const event of events) text += eventText(event)
    return text
  },
  error: (error) => encodeSse(errorBody(asEvent(error), requestId)),
})
