import { isObject } from '../../../src/base/json.ts'
import { grammarFault } from '../../../tests/support/sse.ts'
import { type ClientFormat, isCount, isInternal } from './format.ts'
import { readNamedEvents } from './named-events.ts'

/** Answers of the Messages API. */

const errorTypes = new Set([
  ...['invalid_request_error', 'authentication_error', 'billing_error', 'permission_error', 'not_found_error'],
  ...['request_too_large', 'rate_limit_error', 'api_error', 'timeout_error', 'overloaded_error', 'not_supported'],
])

const errorFault = (value: unknown): string | undefined => {
  if (!isObject(value) || value['type'] !== 'error' || !isObject(value['error']))
    return "an error that is not Anthropic's"
  const { type, message } = value['error']
  if (typeof type !== 'string' || !errorTypes.has(type)) return `an error of type ${String(type)}`
  if (typeof message !== 'string' || message === '') return 'an error without a message'
  if (typeof value['request_id'] !== 'string') return 'an error without a request_id'
  return isInternal(message) ? 'an internal error' : undefined
}

const answerFault = (value: unknown): string | undefined => {
  if (!isObject(value) || value['type'] !== 'message' || value['role'] !== 'assistant') return 'no message'
  if (!Array.isArray(value['content']) || !value['content'].every((block) => isObject(block) && 'type' in block))
    return 'content that is not a list of blocks'
  if (typeof value['stop_reason'] !== 'string') return 'no stop_reason'
  const usage = value['usage']
  const areCounts = isObject(usage) && isCount(usage['input_tokens']) && isCount(usage['output_tokens'])
  return areCounts ? undefined : `usage ${JSON.stringify(usage)?.slice(0, 100)}`
}

export const anthropicFormat: ClientFormat = {
  errorFault,
  answerFault,
  readStream(text) {
    const events = readNamedEvents(text)
    if (events === undefined) return { end: '', fault: 'no server-sent events', events: [] }
    const last = events.at(-1)
    const delta = events.find(({ type }) => type === 'message_delta')
    const usageFault =
      delta !== undefined && !(isObject(delta['usage']) && isCount(delta['usage']['output_tokens']))
        ? 'usage without numbers'
        : undefined
    const fault = grammarFault(events) ?? (last?.type === 'error' ? errorFault(last) : undefined) ?? usageFault
    return { end: String(last?.type), fault, events }
  },
}
