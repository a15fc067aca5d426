/** Server-sent events, the framing of Anthropic's streamed replies. */

/**
 * One event as text. Both lines are needed: the SDK dispatches on `event:`. JSON has no raw line
 * breaks, so nothing inside `data` can start a line of its own; `type` comes from our closed list.
 */
export const encodeSse = (event: { readonly type: string }): string =>
  `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
