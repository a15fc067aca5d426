import type { BlockDelta } from '../../wire/anthropic/events.ts'
import type { ResponseEvent } from '../../wire/openai-responses/events.ts'
import type { ItemStatus, OutputItem } from '../../wire/openai-responses/output-items.ts'

/** The place of an item in the output, as its inner events name it. */
export interface ItemPlace {
  readonly item_id: string
  readonly output_index: number
}

export type Emit = (event: ResponseEvent) => void

/** Writes the events of one open item. */
export interface ItemWriter {
  readonly place: ItemPlace
  delta(delta: BlockDelta): void
  /** The block is over. */
  stop(): void
  /** Writes the item's last event, and returns the item. */
  end(status: Exclude<ItemStatus, 'in_progress'>): OutputItem
}

const responsePrefix = 'resp_'

/** Contains the response's id, so that an id is unique, and the same in a whole answer and in a stream. */
export const itemIdOf = (prefix: string, responseId: string, outputIndex: number): string =>
  `${prefix}_${responseId.slice(responsePrefix.length)}_${outputIndex}`

const itemId = /^[a-z]+_([^_]+)_\d+$/

/** The response that an item's id contains; undefined for an id of another server. */
export const responseIdOf = (id: string): string | undefined => {
  const unique = itemId.exec(id)?.[1]
  return unique === undefined ? undefined : responsePrefix + unique
}
