import type { ScopeOf } from './request-scope.ts'

type Handler = (request: Request) => Response | Promise<Response>

/** Adds the time until an answer began to answers of the entrances whose clients show it. `now`: milliseconds. */
export const withTimeHeader =
  (handle: Handler, scopeOf: ScopeOf, now: () => number): Handler =>
  (request) => {
    const { timeHeader } = scopeOf(request).entrance
    if (timeHeader === undefined) return handle(request)
    const startedAt = now()
    return Promise.resolve(handle(request)).then((response) => {
      response.headers.set(timeHeader, String(Math.round(now() - startedAt)))
      return response
    })
  }
