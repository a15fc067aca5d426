/** Server-sent events, the framing of Anthropic's streamed replies. */

/**
 * One event as text. Both lines are needed: the SDK dispatches on `event:`. JSON has no raw line
 * breaks, so nothing inside `data` can start a line of its own; `type` comes from our closed list.
 */
export const encodeSse = (event: { readonly type: string }): string =>
  `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`

/** The `data:` payloads of a stream of server-sent events, in order. For our own demo and tests. */
export async function* decodeSse(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let pending = ''
  for await (const chunk of chunks) {
    pending += decoder.decode(chunk, { stream: true })
    const blocks = pending.split('\n\n')
    pending = blocks.pop() ?? ''
    for (const block of blocks) {
      const data = block
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice('data:'.length).trimStart())
        .join('\n')
      if (data !== '') yield data
    }
  }
}
