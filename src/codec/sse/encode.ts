/** Server-sent events, the framing of Anthropic's streamed responses. */

/**
 * One event as text. It needs both lines: the SDK dispatches on `event:`. JSON has no raw line breaks, so `data` cannot
 * start a new line. `type` comes from our closed list.
 */
export const encodeSse = (event: { readonly type: string }): string =>
  `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
