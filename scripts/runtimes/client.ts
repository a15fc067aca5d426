import { clientToken } from './upstreams.ts'

/** A client of one server: its answers as values that can be compared between runtimes. */

interface Answer {
  readonly status: number
  /** Only those that mean something to a client. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

export interface Client {
  /** Sends a request with the clients' token, unless `headers` has another. */
  send(path: string, init?: RequestInit): Promise<Response>
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>
}

const comparedHeaders = [
  'access-control-allow-origin',
  'allow',
  'cache-control',
  'content-type',
  'retry-after',
  'x-should-retry',
  'x-nexus-notes',
]

/** JSON is always UTF-8: some runtimes say so, and others do not. */
const charset = /(?<=json);\s*charset=utf-8$/i

/** Ids are random, and times pass. */
const withoutIds = (text: string): string =>
  text
    .replaceAll(/\b([a-z]+(?:_bdrk)?)[_-][0-9A-Za-z-]{20,}/g, '$1_ID')
    .replaceAll(/"(created|created_at|completed_at)":\d+/g, '"$1":0')

const toAnswer = async (response: Response): Promise<Answer> => ({
  status: response.status,
  headers: Object.fromEntries(
    comparedHeaders.flatMap((name) => {
      const value = response.headers.get(name)
      return value === null ? [] : [[name, value.replace(charset, '')]]
    }),
  ),
  text: withoutIds(await response.text()),
})

export const createClient = (url: string): Client => {
  const send: Client['send'] = (path, init = {}) => {
    const headers = new Headers(init.headers)
    if (!headers.has('authorization')) headers.set('authorization', `Bearer ${clientToken}`)
    return fetch(url + path, { ...init, headers })
  }
  const post: Client['post'] = async (path, body, headers = {}) =>
    toAnswer(
      await send(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: body instanceof Uint8Array || body instanceof ReadableStream ? body : JSON.stringify(body),
      }),
    )
  return { send, post, get: async (path, headers = {}) => toAnswer(await send(path, { headers })) }
}
