import { refusal } from '../../../translate/openai-entrance/refusal.ts'
import { toListedItem } from './listed-item.ts'
import type { StoredResponse } from './response-store.ts'

/** A page of the items that a kept response answers. */

const defaultLimit = 20
const maximumLimit = 100

type Query = Readonly<Record<string, string | undefined>>

const limitOf = ({ limit }: Query): number => {
  if (limit === undefined) return defaultLimit
  const number = Number(limit)
  if (Number.isInteger(number) && number >= 1 && number <= maximumLimit) return number
  throw refusal('invalid_value', ['limit'], `expected an integer from 1 to ${maximumLimit}.`, 'out of range')
}

interface ItemWithId {
  readonly id: string
}

/** Items that the client sent without an id get one, which is the same in every page. */
const withIds = ({ response, input }: StoredResponse): readonly ItemWithId[] =>
  input.map((item, index) => ({
    id: `${response.id.replace(/^resp_/, 'item_')}_in${index}`,
    ...toListedItem(item),
  }))

const startOf = (items: readonly ItemWithId[], { after }: Query): number => {
  if (after === undefined) return 0
  const index = items.findIndex(({ id }) => id === after)
  if (index === -1) throw refusal('invalid_value', ['after'], 'no item of the input has this id.')
  return index + 1
}

export const inputPage = (stored: StoredResponse, query: Query) => {
  const limit = limitOf(query)
  const items = query['order'] === 'asc' ? withIds(stored) : withIds(stored).toReversed()
  const start = startOf(items, query)
  const data = items.slice(start, start + limit)
  return {
    object: 'list',
    data,
    first_id: data.at(0)?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: start + limit < items.length,
  }
}
