import { GatewayError } from '../base/errors.ts'

/** What stands where Anthropic's API takes nothing and another upstream wants words. White space is refused as a text. */

/** A turn without content. */
export const emptyTurnText = '(no content)'
/** The user's turn behind an assistant's that is over. */
export const continuationText = '(continue)'

/** An assistant's turn between tool results and the user's words, for upstreams that want one. */
export const continuingText = '(continuing)'

/** The result of a tool that gave none. */
export const emptyResultText = (isError: boolean): string => (isError ? '(tool failed without output)' : '(no output)')

/** The 400 for a conversation that ends with the assistant, in Anthropic's words. */
export const prefillNotSupported = (): GatewayError =>
  new GatewayError(
    'invalid_request_error',
    'This model does not support assistant message prefill. The conversation must end with a user message.',
    { isLoggable: true },
  )
