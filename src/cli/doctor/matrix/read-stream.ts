import type { EventBatch, FinalUsage } from '../../../wire/anthropic/events.ts'

/** The events of a stream, as a row needs them. */

export interface ReadStream {
  readonly deltas: number
  readonly starts: number
  readonly stops: number
  readonly stopReason: string | undefined
  readonly tokens: number
}

/** All kinds of tokens. */
export const tokensIn = (
  usage: Pick<FinalUsage, 'input_tokens' | 'output_tokens' | 'cache_creation_input_tokens' | 'cache_read_input_tokens'>,
): number =>
  usage.input_tokens + usage.output_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens

/** Throws what the stream throws. */
export const readStream = async (batches: AsyncIterable<EventBatch>): Promise<ReadStream> => {
  const read = { deltas: 0, starts: 0, stops: 0, stopReason: undefined as string | undefined, tokens: 0 }
  for await (const batch of batches) {
    for (const event of batch) {
      if (event.type === 'message_start') read.starts += 1
      if (event.type === 'message_stop') read.stops += 1
      if (event.type === 'content_block_delta') read.deltas += 1
      if (event.type === 'message_delta') {
        read.stopReason = event.delta.stop_reason ?? undefined
        read.tokens = tokensIn(event.usage)
      }
    }
  }
  return read
}
