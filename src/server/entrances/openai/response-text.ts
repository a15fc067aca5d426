import { encodeSse } from '../../../codec/sse/encode.ts'
import type { ResponseEvent } from '../../../wire/openai-responses/events.ts'

/** The start of the most frequent events, with the place of their item. */
const deltaHead = (
  type: string,
  sequenceNumber: number,
  { item_id, output_index }: { readonly item_id: string; readonly output_index: number },
): string =>
  `event: ${type}\ndata: {"type":"${type}","sequence_number":${sequenceNumber},"item_id":"${item_id}","output_index":${output_index}`

/**
 * Writes an event as text, with the same bytes as `encodeSse`. For deltas, only the model's text is converted to JSON:
 * their other members contain nothing to escape.
 */
export const responseEventText = (event: ResponseEvent, sequenceNumber: number): string => {
  switch (event.type) {
    case 'response.output_text.delta': {
      const { type, content_index, delta } = event
      return `${deltaHead(type, sequenceNumber, event)},"content_index":${content_index},"delta":${JSON.stringify(delta)},"logprobs":[]}\n\n`
    }
    case 'response.reasoning_summary_text.delta': {
      const { type, summary_index, delta } = event
      return `${deltaHead(type, sequenceNumber, event)},"summary_index":${summary_index},"delta":${JSON.stringify(delta)}}\n\n`
    }
    case 'response.function_call_arguments.delta':
    case 'response.custom_tool_call_input.delta':
      return `${deltaHead(event.type, sequenceNumber, event)},"delta":${JSON.stringify(event.delta)}}\n\n`
    default: {
      const { type, ...members } = event
      const numbered = { type, sequence_number: sequenceNumber, ...members }
      return encodeSse(numbered)
    }
  }
}
