import { GatewayError } from '../base/errors.ts'

/** What stands where Anthropic's API takes nothing and another upstream wants words. White space is refused as a text. */

/** A turn without content. */
export const emptyTurnText = '(no content)'
/** The user's turn behind an assistant's that is over. */
export const continuationText = '(continue)'

/** The result of a tool that gave none. */
export const emptyResultText = (isError: boolean): string => (isError ? '(tool failed without output)' : '(no output)')

/** The 400 for a conversation that ends with the assistant, in Anthropic's words. */
export const prefillNotSupported = (): GatewayError =>
  new GatewayError(
    'invalid_request_error',
    'This model does not support assistant message prefill. The conversation must end with a user message.',
    { isLoggable: true },
  )
