import { invalidRequest } from '../base/errors.ts'

/** Where a page of requests ends: at this time, with this request. */
export interface Cursor {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly id: string
}

export const toCursorText = ({ at, id }: Cursor): string => `${at}.${id}`

/** In front of all requests that start at the time or later, in the order newest first. */
export const cursorAt = (time: number): Cursor => ({ at: time, id: '' })

/** Throws a 400 for other texts than those of `toCursorText`. Without a text, the cursor is at the newest request. */
export const parseCursor = (text: string | undefined): Cursor => {
  if (text === undefined) return cursorAt(Number.MAX_SAFE_INTEGER)
  const [, at, id] = /^(\d{1,16})\.([\w-]{1,64})$/.exec(text) ?? []
  if (at === undefined || id === undefined) throw invalidRequest(['before'], 'Invalid cursor.')
  return { at: Number(at), id }
}

/** Orders requests: newest first. */
export const newestFirst = (one: Cursor, other: Cursor): number =>
  other.at - one.at || (one.id < other.id ? 1 : one.id > other.id ? -1 : 0)
