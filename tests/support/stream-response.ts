import type { ResponseContext } from '../../src/translate/converse-to-anthropic/response-context.ts'
import type { ConverseStreamEvent } from '../../src/wire/converse/events.ts'
import type { ConverseResponse, OutputBlock } from '../../src/wire/converse/response.ts'
import { frame } from './nexus.ts'
import { countingIds } from './response-context.ts'
import { batchesOfBytes } from './response-stream.ts'
import type { SseEvent } from './sse.ts'

/** Converts a whole Converse response to a stream with the same content, and a stream to the client's message. */

/** How a stream is cut: characters of a delta, bytes of a chunk, and whether metadata comes before the stop. */
export interface StreamCuts {
  readonly size?: number
  readonly chunkBytes?: number
  readonly metadataFirst?: boolean
}

/** Cuts a text into pieces, at any position. */
const pieces = (value: string, size: number): string[] => value.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? []

const textIn = ({ text, citationsContent }: OutputBlock): string =>
  text ?? (citationsContent?.content ?? []).map((part) => part.text ?? '').join('')

/** Streams send the input of a tool as text. */
const inputText = (input: unknown): string =>
  typeof input === 'string' ? input : input === null || input === undefined ? '' : JSON.stringify(input)

const blockEvents = (block: OutputBlock, contentBlockIndex: number, size: number): ConverseStreamEvent[] => {
  const delta = (value: object): ConverseStreamEvent => ({ type: 'contentBlockDelta', contentBlockIndex, delta: value })
  const { reasoningText, redactedContent } = block.reasoningContent ?? {}
  return [
    ...(block.toolUse === undefined
      ? []
      : [{ type: 'contentBlockStart' as const, contentBlockIndex, start: { toolUse: block.toolUse } }]),
    // A citation comes before its text.
    ...(block.citationsContent?.citations ?? []).map((citation) => delta({ citation })),
    ...pieces(textIn(block), size).map((value) => delta({ text: value })),
    ...pieces(reasoningText?.text ?? '', size).map((value) => delta({ reasoningContent: { text: value } })),
    ...pieces(reasoningText?.signature ?? '', size).map((signature) => delta({ reasoningContent: { signature } })),
    ...(redactedContent === undefined ? [] : [delta({ reasoningContent: { redactedContent } })]),
    ...(block.toolUse === undefined
      ? []
      : pieces(inputText(block.toolUse.input), size).map((value) => delta({ toolUse: { input: value } }))),
    { type: 'contentBlockStop', contentBlockIndex },
  ]
}

/** Bedrock's indices have gaps. */
const framesOf = (
  { output, stopReason, usage }: ConverseResponse,
  { size = 5, metadataFirst = false }: StreamCuts,
): Buffer => {
  const end: ConverseStreamEvent[] = [
    { type: 'messageStop', ...(stopReason !== undefined && { stopReason }) },
    { type: 'metadata', ...(usage !== undefined && { usage }) },
  ]
  const content = output?.message?.content ?? []
  const events: ConverseStreamEvent[] = [
    { type: 'messageStart' },
    ...content.flatMap((block, index) => blockEvents(block, index * 2, size)),
    ...(metadataFirst ? end.toReversed() : end),
  ]
  return Buffer.concat(events.map(({ type, ...payload }) => frame(type, payload)))
}

/** The events of a streamed response. Rejects if the response fails. */
export const streamResponse = async (
  response: ConverseResponse,
  reply: ResponseContext,
  cut: StreamCuts = {},
): Promise<SseEvent[]> => {
  const bytes = framesOf(response, cut)
  const { chunkBytes = bytes.length } = cut
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield new Uint8Array(bytes.subarray(at, at + chunkBytes))
  }
  const events: SseEvent[] = []
  for await (const batch of batchesOfBytes(chunks(), reply, countingIds()))
    events.push(...(batch as unknown as SseEvent[]))
  return events
}

/** The content that a client collects from a stream. */
export const accumulate = (events: readonly SseEvent[]): Record<string, unknown>[] => {
  const blocks: Record<string, unknown>[] = []
  const inputs = new Map<number, string>()
  for (const event of events) {
    const index = Number(event['index'])
    if (event.type === 'content_block_start') blocks.push({ ...(event['content_block'] as object) })
    if (event.type !== 'content_block_delta') continue
    const delta = event['delta'] as Record<string, string>
    const block = blocks[index] as Record<string, unknown>
    if (delta['type'] === 'text_delta') block['text'] = `${block['text']}${delta['text']}`
    if (delta['type'] === 'citations_delta')
      block['citations'] = [...((block['citations'] as unknown[]) ?? []), delta['citation']]
    if (delta['type'] === 'thinking_delta') block['thinking'] = `${block['thinking']}${delta['thinking']}`
    if (delta['type'] === 'signature_delta') block['signature'] = delta['signature']
    if (delta['type'] === 'input_json_delta') inputs.set(index, (inputs.get(index) ?? '') + delta['partial_json'])
  }
  return blocks.map((block, index) =>
    inputs.has(index) ? { ...block, input: JSON.parse(inputs.get(index) ?? '') } : block,
  )
}

/** The `message_delta` of a stream. */
export const messageDeltaOf = (events: readonly SseEvent[]): unknown =>
  events.find(({ type }) => type === 'message_delta')?.['delta']
