import type { ResponseEvents } from '../../../translate/openai-responses-entrance/events.ts'
import type { ResponseEvent } from '../../../wire/openai-responses/events.ts'
import type { ResponseObject } from '../../../wire/openai-responses/response.ts'
import type { StreamWriter } from '../../http/entrance.ts'
import { toFailedResponse } from './errors.ts'
import { createResponseText } from './response-text.ts'

/**
 * Writes one stream of Responses. All its events are numbered, also those that keep a silent connection open. `keep`
 * gets an answer that did not fail.
 */
export const createResponseWriter = (
  requestId: string,
  translated: ResponseEvents,
  keep?: (response: ResponseObject) => void,
): StreamWriter => {
  const eventText = createResponseText()
  let written = 0
  const write = (events: readonly ResponseEvent[]): string => {
    let text = ''
    for (const event of events) {
      // Kept before the client can refer to it.
      if (event.type === 'response.completed' || event.type === 'response.incomplete') keep?.(event.response)
      text += eventText(event, written)
      written += 1
    }
    return text
  }
  return {
    opening: () => write(translated.opening()),
    ping: () => write([{ type: 'keepalive' }]),
    batch: (events) => write(translated.batch(events)),
    error: (error) => write(translated.failed(toFailedResponse(error, requestId))),
  }
}
