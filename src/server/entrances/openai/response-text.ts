import { encodeSse } from '../../../codec/sse/encode.ts'
import type { ResponseEvent } from '../../../wire/openai-responses/events.ts'
import type { ResponseObject } from '../../../wire/openai-responses/response.ts'

/** The start of the most frequent events, with the place of their item. */
const deltaHead = (
  type: string,
  sequenceNumber: number,
  { item_id, output_index }: { readonly item_id: string; readonly output_index: number },
): string =>
  `event: ${type}\ndata: {"type":"${type}","sequence_number":${sequenceNumber},"item_id":"${item_id}","output_index":${output_index}`

/** Characters of the tools' JSON. No known client reads the tools of a stream. */
const largestTools = 64 * 1024

/**
 * Returns the tools of a response as text. Three events of a stream repeat them: a list of 57 KB that was converted each
 * time doubled the CPU time of an answer.
 */
const createToolsText = () => {
  let tools: unknown
  let text = ''
  return (repeated: unknown): string => {
    if (repeated === tools) return text
    const full = JSON.stringify(repeated ?? [])
    tools = repeated
    text = full.length > largestTools ? '[]' : full
    return text
  }
}

type ToolsText = ReturnType<typeof createToolsText>

/** The tools come last, so that their text can be appended. */
const lifecycleText = (
  { type, response }: Extract<ResponseEvent, { readonly response: ResponseObject }>,
  sequenceNumber: number,
  toolsText: ToolsText,
): string => {
  const { ['tools']: tools, ...others } = response
  const text = JSON.stringify(others).slice(0, -1)
  return `event: ${type}\ndata: {"type":"${type}","sequence_number":${sequenceNumber},"response":${text},"tools":${toolsText(tools)}}}\n\n`
}

/**
 * Writes an event as text. For deltas, only the model's text is converted to JSON: their other members contain nothing
 * to escape.
 */
const eventText = (event: ResponseEvent, sequenceNumber: number, toolsText: ToolsText): string => {
  switch (event.type) {
    case 'response.created':
    case 'response.in_progress':
    case 'response.completed':
    case 'response.incomplete':
    case 'response.failed':
      return lifecycleText(event, sequenceNumber, toolsText)
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

/** Writes the events of one stream as text. */
export const createResponseText = (): ((event: ResponseEvent, sequenceNumber: number) => string) => {
  const toolsText = createToolsText()
  return (event, sequenceNumber) => eventText(event, sequenceNumber, toolsText)
}
