import { isObject } from '../../../src/base/json.ts'
import { responseStreamFault } from '../../../tests/support/response-grammar.ts'
import type { SseEvent } from '../../../tests/support/sse.ts'
import { type ClientFormat, isInternal } from './format.ts'
import { readNamedEvents } from './named-events.ts'
import { openAiErrorFault, usageFault } from './openai-error.ts'

/** Answers of the Responses API. */

const statuses = new Set(['completed', 'incomplete', 'failed'])

const failureFault = (error: unknown): string | undefined => {
  if (!isObject(error)) return 'a failed response without an error'
  const { code, message } = error
  if (typeof code !== 'string' || typeof message !== 'string' || message === '') return 'an error without its members'
  return isInternal(message) ? 'an internal error' : undefined
}

const answerFault = (value: unknown): string | undefined => {
  if (!isObject(value) || value['object'] !== 'response') return 'no response'
  const { status, output, error, usage } = value
  if (typeof status !== 'string' || !statuses.has(status)) return `status ${String(status)}`
  if (!Array.isArray(output) || !output.every((item) => isObject(item) && typeof item['type'] === 'string'))
    return 'output that is not a list of items'
  return status === 'failed' ? failureFault(error) : usageFault(usage, 'input_tokens', 'output_tokens')
}

/** The events whose texts other checks compare. */
const deltaMembers: Readonly<Record<string, string>> = {
  'response.output_text.delta': 'text',
  'response.reasoning_summary_text.delta': 'thinking',
  'response.function_call_arguments.delta': 'partial_json',
}

const toCanonical = (event: SseEvent): SseEvent[] => {
  if (event.type === 'response.failed') return [{ type: 'error' }]
  if (event.type === 'response.completed' || event.type === 'response.incomplete') return [{ type: 'message_stop' }]
  const member = deltaMembers[event.type]
  return member === undefined ? [] : [{ type: 'content_block_delta', delta: { [member]: event['delta'] } }]
}

export const responsesFormat: ClientFormat = {
  errorFault: openAiErrorFault,
  answerFault,
  readStream(text) {
    const events = readNamedEvents(text)
    if (events === undefined) return { end: '', fault: 'no server-sent events', events: [] }
    const last = events.at(-1)
    return {
      end: String(last?.type),
      fault: responseStreamFault(events) ?? answerFault(last?.['response']),
      events: events.flatMap(toCanonical),
    }
  },
}
