import { type ApiCall, refuse } from './call.ts'

/** The two forms of the API's lists. */

const defaultLimit = 20
const maximumLimit = 1000

interface Identified {
  readonly id: string
}

type ToPage = (items: readonly Identified[], query: URLSearchParams, limit: number) => object

const positionOf = (items: readonly Identified[], cursor: string | null, otherwise: number): number => {
  const position = items.findIndex(({ id }) => id === cursor)
  return position === -1 ? otherwise : position
}

const toIdPage: ToPage = (items, query, limit) => {
  const before = query.get('before_id')
  const end = positionOf(items, before, items.length)
  const start = before === null ? positionOf(items, query.get('after_id'), -1) + 1 : Math.max(0, end - limit)
  const data = items.slice(start, Math.min(end, start + limit))
  const hasMore = before === null ? start + limit < items.length : start > 0
  return { data, has_more: hasMore, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null }
}

const toCursorPage: ToPage = (items, query, limit) => {
  const start = positionOf(items, query.get('page'), 0)
  return { data: items.slice(start, start + limit), next_page: items[start + limit]?.id ?? null }
}

const pageResponse =
  (toPage: ToPage) =>
  (call: ApiCall, items: readonly Identified[]): Response => {
    const { searchParams } = call.url
    const limit = Number(searchParams.get('limit') ?? defaultLimit)
    const isValid = Number.isInteger(limit) && limit >= 1 && limit <= maximumLimit
    if (isValid) return Response.json(toPage(items, searchParams, limit))
    return refuse(call, { status: 400, message: `limit: Input should be between 1 and ${maximumLimit}` })
  }

/** A page around `after_id` or `before_id`. */
export const idPage = pageResponse(toIdPage)

/** A page that begins at the cursor `page`: the id of its first item. */
export const cursorPage = pageResponse(toCursorPage)
