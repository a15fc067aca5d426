/** What every upstream reads of a failed response in the same way. */

/** Clients give up if a response requests a longer wait. */
export const longestRetryAfterSeconds = 60

/** A proxy's own status. */
export const proxyLoginRequired =
  'A proxy on the way requires a user name and a password (407). Set HTTP_PROXY=http://user:password@host:port.'

export const isHtml = (body: string): boolean => /^\s*<(?:!doctype|html|head|body)/i.test(body)

/** Seconds from the response's own date until `date`, at least 0; undefined if one of them is not a date. */
export const secondsUntil = (date: string, headers: Headers): number | undefined => {
  const wait = Date.parse(date) - Date.parse(headers.get('date') ?? '')
  return Number.isNaN(wait) ? undefined : Math.max(wait / 1000, 0)
}

/** The wait of the header `retry-after`: seconds, or a date relative to the response's own date. */
export const retryAfterSeconds = (headers: Headers): number | undefined => {
  const value = headers.get('retry-after')?.trim()
  if (value === undefined || value === '') return undefined
  const seconds = Number(value)
  if (Number.isFinite(seconds)) return Math.max(seconds, 0)
  const wait = secondsUntil(value, headers)
  return wait === undefined ? undefined : Math.ceil(wait)
}
