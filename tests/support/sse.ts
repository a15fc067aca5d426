import { decodeSse } from '../../src/codec/sse/decode.ts'

export interface SseEvent {
  readonly type: string
  readonly [member: string]: unknown
}

/** Every event of a streamed reply, in order. */
export const readEvents = async (response: Response): Promise<SseEvent[]> => {
  const events: SseEvent[] = []
  if (response.body === null) return events
  for await (const data of decodeSse(response.body)) events.push(JSON.parse(data))
  return events
}

/** Events for a comparison, without pings, which may occur anywhere. */
export const withoutPings = (events: readonly SseEvent[]): SseEvent[] => events.filter((event) => event.type !== 'ping')

/** Checks a stream by Anthropic's grammar: complete, or ended by one error. Returns the first fault. */
export const grammarFault = (events: readonly SseEvent[]): string | undefined => {
  let open: number | undefined
  let next = 0
  let state: 'before' | 'inside' | 'ending' | 'over' = 'before'
  for (const event of withoutPings(events)) {
    if (state === 'over') return `${event.type} after the end`
    switch (event.type) {
      case 'message_start':
        if (state !== 'before') return 'message_start twice'
        state = 'inside'
        break
      case 'content_block_start':
        if (state !== 'inside' || open !== undefined || event['index'] !== next)
          return `start of block ${event['index']}`
        open = next
        break
      case 'content_block_delta':
        if (open === undefined || event['index'] !== open) return `delta of block ${event['index']}`
        break
      case 'content_block_stop':
        if (open === undefined || event['index'] !== open) return `stop of block ${event['index']}`
        open = undefined
        next += 1
        break
      case 'message_delta':
        if (state !== 'inside' || open !== undefined) return 'message_delta'
        state = 'ending'
        break
      case 'message_stop':
        if (state !== 'ending') return 'message_stop'
        state = 'over'
        break
      case 'error':
        state = 'over'
        break
      default:
        return `unknown event ${event.type}`
    }
  }
  return state === 'over' ? undefined : `ends ${state}`
}
