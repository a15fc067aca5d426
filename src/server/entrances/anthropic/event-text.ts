import { encodeSse } from '../../../codec/sse/encode.ts'
import type { MessageStreamEvent } from '../../../wire/anthropic/events.ts'

const head = 'event: content_block_delta\ndata: {"type":"content_block_delta","index":'

/**
 * Writes an event as text, with the same bytes as `encodeSse`. For a delta, the most frequent event, only the model's
 * text is converted to JSON: 0.05 us instead of 0.13.
 */
export const eventText = (event: MessageStreamEvent): string => {
  if (event.type !== 'content_block_delta') return encodeSse(event)
  const { index, delta } = event
  switch (delta.type) {
    case 'text_delta':
      return `${head}${index},"delta":{"type":"text_delta","text":${JSON.stringify(delta.text)}}}\n\n`
    case 'thinking_delta':
      return `${head}${index},"delta":{"type":"thinking_delta","thinking":${JSON.stringify(delta.thinking)}}}\n\n`
    case 'input_json_delta':
      return `${head}${index},"delta":{"type":"input_json_delta","partial_json":${JSON.stringify(delta.partial_json)}}}\n\n`
    default:
      return encodeSse(event)
  }
}
