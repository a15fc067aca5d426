import { attempt } from '../../base/attempt.ts'
import type { Endpoint } from './call.ts'

/** One operation of the API. */
export interface Route {
  readonly method: string
  /** Its path; `*` is the id of an object. */
  readonly path: string
  /** Without one, a scenario answers. */
  readonly endpoint?: Endpoint
}

export type Matched = { readonly route: Route; readonly id: string } | 'unknown path' | 'unknown method'

/** The id in a path, or undefined if the path does not match. */
const idIn = (path: string, { path: pattern }: Route): string | undefined => {
  const [before = '', after] = pattern.split('*')
  if (after === undefined) return path === pattern ? '' : undefined
  if (!path.startsWith(before) || !path.endsWith(after)) return undefined
  const id = path.slice(before.length, path.length - after.length)
  return id === '' || id.includes('/') ? undefined : (attempt(() => decodeURIComponent(id)) ?? id)
}

/** Exact paths come before paths with an id: `count_tokens` is not an id. */
export const matchRoute = (routes: readonly Route[], method: string, path: string): Matched => {
  const found = routes.flatMap((route) => {
    const id = idIn(path, route)
    return id === undefined ? [] : [{ route, id }]
  })
  if (found.length === 0) return 'unknown path'
  return found.find(({ route }) => route.method === method) ?? 'unknown method'
}
