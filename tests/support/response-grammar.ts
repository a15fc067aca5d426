import type { ResponseObject } from '../../src/wire/openai-responses/response.ts'
import type { SseEvent } from './sse.ts'

/** Checks streams of Responses by their grammar (OE-P4). */

interface OpenItem {
  readonly index: unknown
  readonly id: string
  readonly type: string
  /** The deltas of each part, by the kind and the index of the part. */
  readonly parts: Map<string, string>
  /** The parts whose `done` has come. */
  readonly whole: Set<string>
  readonly openParts: Set<string>
  readonly doneParts: unknown[]
  /** Of the open part. */
  annotations: unknown[]
}

type Item = Readonly<Record<string, unknown>>

const partKinds: Readonly<Record<string, { item: string; open?: string; close?: string; text: string }>> = {
  output_text: { item: 'message', open: 'content_part.added', close: 'content_part.done', text: 'text' },
  reasoning_summary_text: {
    item: 'reasoning',
    open: 'reasoning_summary_part.added',
    close: 'reasoning_summary_part.done',
    text: 'text',
  },
  function_call_arguments: { item: 'function_call', text: 'arguments' },
  custom_tool_call_input: { item: 'custom_tool_call', text: 'input' },
}

const searchSteps = ['in_progress', 'searching', 'completed']

const finals = ['completed', 'incomplete', 'failed']

const partKey = (event: SseEvent): string => `${event['content_index'] ?? event['summary_index'] ?? 0}`

class Checker {
  #state: 'before' | 'created' | 'inside' | 'over' = 'before'
  #id: unknown
  #number = 0
  #open: OpenItem | undefined
  /** By the index of their items, with the step of their last event: searches may run at the same time as other items. */
  readonly #searches = new Map<unknown, { readonly id: unknown; step: number }>()
  #added = 0
  readonly #done: Item[] = []
  final: ResponseObject | undefined

  check(event: SseEvent): string | undefined {
    if (event['sequence_number'] !== this.#number) return `sequence number ${event['sequence_number']}`
    this.#number += 1
    if (this.#state === 'over') return 'an event after the end'
    if (event.type === 'keepalive') return this.#state === 'before' ? 'keepalive before the start' : undefined
    if (!event.type.startsWith('response.')) return 'a name without response.'
    if (event['response'] !== undefined) return this.#lifecycle(event.type, event['response'] as ResponseObject)
    if (this.#state !== 'inside') return 'an item before the start'
    if (event.type === 'response.output_item.added') return this.#add(event)
    const search = this.#searches.get(event['output_index'])
    if (search !== undefined) return this.#ofSearch(event, search)
    if (event['output_index'] !== this.#open?.index) return `output index ${event['output_index']}`
    if (this.#open === undefined) return 'no item is open'
    if (event.type === 'response.output_item.done') return this.#itemDone(event['item'] as Item, this.#open)
    return event['item_id'] === this.#open.id ? this.#inner(event, this.#open) : 'another item id'
  }

  end(): string | undefined {
    return this.#state === 'over' ? undefined : 'the stream is not over'
  }

  #lifecycle(type: string, response: ResponseObject): string | undefined {
    const { id, status, usage, output, error } = response
    this.#id ??= id
    if (id !== this.#id) return 'another response id'
    if (type === 'response.created' || type === 'response.in_progress') {
      const next = type === 'response.created' ? 'created' : 'inside'
      if (this.#state !== (next === 'created' ? 'before' : 'created')) return 'wrong start'
      this.#state = next
      return status === 'in_progress' && usage === null && output.length === 0 ? undefined : 'not the begun object'
    }
    if (type !== `response.${status}` || !finals.includes(status)) return `status ${status}`
    if (this.#state !== 'inside') return 'ends before its start'
    this.#state = 'over'
    this.final = response
    if ((status === 'failed') !== (error !== null)) return 'status and error differ'
    const isOpen = this.#open !== undefined || this.#searches.size > 0
    if (status !== 'failed' && (usage === null || isOpen)) return 'no usage, or an item is open'
    return Bun.deepEquals(output, Object.values(this.#done)) ? undefined : 'the output differs from the done items'
  }

  #add(event: SseEvent): string | undefined {
    const { id, type, status } = event['item'] as Item
    if (this.#open !== undefined) return 'two items are open'
    const index = event['output_index']
    if (index !== this.#added) return `output index ${index}`
    this.#added += 1
    if (typeof id !== 'string' || id === '' || Object.values(this.#done).some((item) => item['id'] === id))
      return `item id ${id}`
    if (status !== undefined && status !== 'in_progress') return `status ${status} of an open item`
    if (type === 'web_search_call') {
      this.#searches.set(index, { id, step: 0 })
      return undefined
    }
    this.#open = {
      index,
      id,
      type: String(type),
      parts: new Map(),
      whole: new Set(),
      openParts: new Set(),
      doneParts: [],
      annotations: [],
    }
    return undefined
  }

  #ofSearch(event: SseEvent, search: { readonly id: unknown; step: number }): string | undefined {
    const index = event['output_index'] as number
    if (event.type !== 'response.output_item.done') {
      const isNext = event.type === `response.web_search_call.${searchSteps[search.step]}`
      search.step += 1
      return isNext && event['item_id'] === search.id ? undefined : 'a wrong step of a search'
    }
    const item = event['item'] as Item
    if (item['id'] !== search.id || item['type'] !== 'web_search_call') return 'another search is done'
    const isCompleted = item['status'] === 'completed'
    if (isCompleted !== (search.step === searchSteps.length)) return `a search is ${item['status']}`
    this.#done[index] = item
    this.#searches.delete(index)
    return undefined
  }

  #itemDone(item: Item, open: OpenItem): string | undefined {
    if (item['id'] !== open.id || item['type'] !== open.type) return 'another item is done'
    if (item['status'] === 'in_progress') return 'a done item in progress'
    if (open.openParts.size > 0) return 'a part is open'
    const parts = item['content'] ?? item['summary']
    if (parts !== undefined && !Bun.deepEquals(parts, open.doneParts)) return 'the parts differ from the done parts'
    const text = item['arguments'] ?? item['input']
    const isStreamed = open.type === 'function_call' || open.type === 'custom_tool_call'
    if (isStreamed && (text !== (open.parts.get('0') ?? '') || !open.whole.has('0'))) return 'another input'
    this.#done[open.index as number] = item
    this.#open = undefined
    return undefined
  }

  #inner(event: SseEvent, open: OpenItem): string | undefined {
    const name = event.type.slice('response.'.length)
    const key = partKey(event)
    const opening = Object.values(partKinds).find((kind) => kind.open === name || kind.close === name)
    if (opening !== undefined) return this.#part(event, open, key, opening.open === name)
    const [kindName = '', step = ''] = name.split('.')
    const kind = partKinds[kindName]
    if (kind === undefined || kind.item !== open.type) return `${name} in ${open.type}`
    if (kind.open !== undefined && !open.openParts.has(key)) return 'the part is not open'
    if (step === 'delta') {
      if (event['delta'] === '') return 'an empty delta'
      if (open.whole.has(key)) return 'a delta after the whole text'
      open.parts.set(key, (open.parts.get(key) ?? '') + event['delta'])
      return undefined
    }
    if (step === 'annotation') return this.#annotation(event, open, key)
    if (step !== 'done') return `unknown step ${step}`
    if (open.whole.has(key)) return 'the whole text comes twice'
    const whole = open.parts.get(key) ?? ''
    open.whole.add(key)
    return event[kind.text] === whole ? undefined : 'the whole text differs from the deltas'
  }

  #annotation(event: SseEvent, open: OpenItem, key: string): string | undefined {
    if (open.whole.has(key)) return 'an annotation after the whole text'
    if (event['annotation_index'] !== open.annotations.length) return 'annotations out of order'
    open.annotations.push(event['annotation'])
    return undefined
  }

  #part(event: SseEvent, open: OpenItem, key: string, isStart: boolean): string | undefined {
    const part = event['part'] as Item
    if (isStart) {
      if (Number(key) !== open.doneParts.length || open.openParts.size > 0) return 'parts out of order'
      open.openParts.add(key)
      open.annotations = []
      return part['text'] === '' ? undefined : 'a part begins with text'
    }
    if (!open.openParts.delete(key) || !open.whole.has(key)) return 'the part is not open, or its text is not whole'
    if (!Bun.deepEquals(part['annotations'] ?? [], open.annotations)) return 'other annotations'
    open.doneParts.push(part)
    return part['text'] === (open.parts.get(key) ?? '') ? undefined : 'the part differs from its deltas'
  }
}

/** The first fault of a stream, with its event; undefined for a valid stream. */
export const responseStreamFault = (events: readonly SseEvent[]): string | undefined => {
  const checker = new Checker()
  for (const event of events) {
    const fault = checker.check(event)
    if (fault !== undefined) return `${event.type} ${event['sequence_number']}: ${fault}`
  }
  return checker.end()
}

/** The response of the last event. */
export const finalResponseOf = (events: readonly SseEvent[]): ResponseObject =>
  events.at(-1)?.['response'] as ResponseObject
