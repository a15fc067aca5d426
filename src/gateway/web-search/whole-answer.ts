import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { Message, ResponseBlock } from '../../wire/anthropic/response.ts'
import type { SearchLoop } from './search-loop.ts'

interface WholeAnswerOptions {
  readonly loop: SearchLoop
  /** One call of the model. */
  readonly send: (request: MessagesRequest) => Promise<Message>
  readonly signal: AbortSignal
}

/** The same blocks as in a stream, in one message with the id of its first call (WS-24). */
export const wholeAnswer = async ({ loop, send, signal }: WholeAnswerOptions): Promise<Message> => {
  const first = await send(loop.request)
  const content: ResponseBlock[] = []
  for (let message = first; ; ) {
    const { id, stop_reason, stop_sequence, stop_details, container, usage } = message
    const blocks = message.content.map((block) => loop.toClientBlock(block))
    const stop = { stop_reason: stop_reason ?? 'end_turn', stop_sequence, stop_details, container }
    const next = await loop.after({ id, content: blocks, stop, usage }, signal)
    content.push(...blocks, ...next.results)
    if (next.stop !== undefined) return { ...first, content, ...next.stop, usage: loop.sum(usage) }
    message = await send(next.request)
  }
}
