/** A minimal translation. It is correct only for the benchmark's requests. */

// biome-ignore lint/suspicious/noExplicitAny: a translator without types, which checks nothing.
type Any = any

const point = { cachePoint: { type: 'default' } }

const withPoint = (block: Any, made: Any): Any[] => (block.cache_control === undefined ? [made] : [made, point])

const toBlock = (block: Any): Any => {
  if (block.type === 'text') return { text: block.text }
  if (block.type === 'tool_use') return { toolUse: { toolUseId: block.id, name: block.name, input: block.input } }
  if (block.type === 'image') return { image: { format: 'png', source: { bytes: block.source.data } } }
  const content = typeof block.content === 'string' ? [{ text: block.content }] : block.content.map(toBlock)
  return { toolResult: { toolUseId: block.tool_use_id, content } }
}

const toBlocks = (blocks: Any[]): Any[] => blocks.flatMap((block) => withPoint(block, toBlock(block)))

export const toConverseBody = (request: Any): Any => ({
  system: toBlocks(request.system),
  messages: request.messages.map(({ role, content }: Any) => ({ role, content: toBlocks(content) })),
  inferenceConfig: { maxTokens: request.max_tokens, temperature: request.temperature },
  ...(request.tools && {
    toolConfig: {
      tools: request.tools.map(({ name, description, input_schema }: Any) => ({
        toolSpec: { name, description, inputSchema: { json: input_schema } },
      })),
    },
  }),
})

const usageOf = (usage: Any): Any => ({
  input_tokens: usage.inputTokens,
  output_tokens: usage.outputTokens,
  cache_read_input_tokens: usage.cacheReadInputTokens,
  cache_creation_input_tokens: usage.cacheWriteInputTokens,
})

export const toAnthropicBody = (answer: Any): Any => ({
  id: 'msg_bare',
  type: 'message',
  role: 'assistant',
  model: 'bare',
  content: answer.output.message.content.map(({ text }: Any) => ({ type: 'text', text })),
  stop_reason: answer.stopReason,
  stop_sequence: null,
  usage: usageOf(answer.usage),
})

const utf8 = new TextEncoder()
const text = new TextDecoder()
const preludeBytes = 12
const trailerBytes = 4
const eventType = ':event-type'

const sse = (event: Any): string => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`

const begun =
  sse({
    type: 'message_start',
    message: { id: 'msg_bare', type: 'message', role: 'assistant', model: 'bare', content: [], usage: {} },
  }) + sse({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } })

export const toEvent = (name: string, payload: Any): string => {
  if (name === 'messageStart') return begun
  if (name === 'contentBlockDelta') {
    const delta = { type: 'text_delta', text: payload.delta.text }
    return sse({ type: 'content_block_delta', index: payload.contentBlockIndex, delta })
  }
  if (name === 'contentBlockStop') return sse({ type: 'content_block_stop', index: payload.contentBlockIndex })
  if (name === 'messageStop') return ''
  const delta = { stop_reason: 'end_turn', stop_sequence: null }
  return sse({ type: 'message_delta', delta, usage: usageOf(payload.usage) }) + sse({ type: 'message_stop' })
}

/** The name of an event, from the first header: its length in two bytes, then the name. */
const nameOf = (frame: Buffer): string => {
  const at = preludeBytes + 1 + eventType.length + 1
  return frame.toString('latin1', at + 2, at + 2 + frame.readUInt16BE(at))
}

/** Takes the bytes of a response as they arrive. Returns the bytes of the completed events. */
export const toEvents = (): ((bytes: Uint8Array) => Uint8Array) => {
  let rest: Buffer = Buffer.alloc(0)
  return (bytes) => {
    rest =
      rest.byteLength === 0
        ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        : Buffer.concat([rest, bytes])
    let out = ''
    while (rest.byteLength >= preludeBytes) {
      const total = rest.readUInt32BE(0)
      if (rest.byteLength < total) break
      const frame = rest.subarray(0, total)
      const payload = frame.subarray(preludeBytes + rest.readUInt32BE(4), total - trailerBytes)
      if (Bun.hash.crc32(frame.subarray(0, total - trailerBytes)) !== frame.readUInt32BE(total - trailerBytes)) {
        throw new Error('a frame is damaged')
      }
      out += toEvent(nameOf(frame), JSON.parse(text.decode(payload)))
      rest = rest.subarray(total)
    }
    return utf8.encode(out)
  }
}
