import { invalidRequest } from '../base/errors.ts'

/** Where a page of requests ends: at this time, before the request with this number. */
export interface Cursor {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly n: number
}

export const toCursorText = ({ at, n }: Cursor): string => `${at}.${n}`

/** Before the newest request. */
const end: Cursor = { at: Number.MAX_SAFE_INTEGER, n: Number.MAX_SAFE_INTEGER }

/** Throws a 400 for other texts than those of `toCursorText`. */
export const parseCursor = (text: string | undefined): Cursor => {
  if (text === undefined) return end
  const [, at, n] = /^(\d{1,16})\.(\d{1,16})$/.exec(text) ?? []
  if (at === undefined || n === undefined) throw invalidRequest(['before'], 'Invalid cursor.')
  return { at: Number(at), n: Number(n) }
}

/** Whether a request comes after the cursor, in the order newest first. */
export const isAfter = (cursor: Cursor, { at, n }: Cursor): boolean =>
  at < cursor.at || (at === cursor.at && n < cursor.n)
