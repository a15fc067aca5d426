import { isObject } from '../../../src/base/json.ts'
import type { SseEvent } from '../../../tests/support/sse.ts'
import { parsed } from './format.ts'

/** Each event has two lines and an empty one: official clients read both. */
const eventPattern = /^event: (\S+)\ndata: ([^\n]+)$/

/** The events of a stream in which each line of data has its type in the line before. Undefined for any other text. */
export const readNamedEvents = (text: string): SseEvent[] | undefined => {
  const parts = text.split('\n\n')
  if (parts.pop() !== '') return undefined
  const events = parts.map((part) => {
    const [, name, data = ''] = eventPattern.exec(part) ?? []
    const event = parsed(data)
    return isObject(event) && event['type'] === name ? (event as unknown as SseEvent) : undefined
  })
  return events.includes(undefined) ? undefined : (events as SseEvent[])
}
