import { GatewayError } from '../../../base/errors.ts'
import { isObject } from '../../../base/json.ts'

/** The SDK's own code for "send the whole conversation instead"; `thread_not_found` would make it try a new thread. */
const details = { error_code: 'thread_unsupported_request', unsupported: ['thread'] } as const

/**
 * Returns the body, or throws a 400 for a request with a Message Thread: the server would have to store the
 * conversation, which it does not. The official SDK reads `error.details`, drops `thread` and sends the full history.
 * Called before all other checks: a thread's later requests hold only the new messages, which fail for reasons that do
 * not mention threads.
 */
export const refuseThread = (body: unknown): unknown => {
  const thread = isObject(body) ? body['thread'] : undefined
  if (thread === undefined || thread === null || thread === false) return body
  throw new GatewayError(
    'invalid_request_error',
    'thread: message threads are not supported by this endpoint. Send the full conversation without `thread`.',
    { details, isLoggable: true },
  )
}
