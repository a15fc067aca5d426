import { GatewayError } from '../base/errors.ts'

/** Texts for places where Anthropic's API accepts no text and other upstreams require one. White space is refused. */

/** A turn without content. */
export const emptyTurnText = '(no content)'
/** The user's turn after an assistant's turn that is over. */
export const continuationText = '(continue)'

/** An assistant's turn between tool results and the user's text, for upstreams that require one. */
export const continuingText = '(continuing)'

/** The result of a tool without output. */
export const emptyResultText = (isError: boolean): string => (isError ? '(tool failed without output)' : '(no output)')

/** The 400 for a conversation that ends with the assistant, in Anthropic's words. */
export const prefillNotSupported = (): GatewayError =>
  new GatewayError(
    'invalid_request_error',
    'This model does not support assistant message prefill. The conversation must end with a user message.',
    { isLoggable: true },
  )
