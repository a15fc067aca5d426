/** A request's path and query, as they were sent. */
export interface RequestTarget {
  /** Begins with a slash. */
  readonly path: string
  /** Begins with a question mark, or is empty. */
  readonly query: string
}

/** `url`: of a Request, whose class has resolved `..` and `\` already. A fragment belongs to the client. */
export const targetOf = (url: string): RequestTarget => {
  const host = url.indexOf('://')
  const start = host === -1 ? 0 : url.indexOf('/', host + '://'.length)
  if (start === -1) return { path: '/', query: '' }
  const fragment = url.indexOf('#', start)
  const end = fragment === -1 ? url.length : fragment
  const question = url.indexOf('?', start)
  if (question === -1 || question > end) return { path: url.slice(start, end), query: '' }
  return { path: url.slice(start, question), query: url.slice(question, end) }
}
