import { attempt } from '../../src/base/attempt.ts'
import { isObject, type Json } from '../../src/base/json.ts'
import { afterTest } from './cleanup.ts'
import { waitUntil } from './wait-until.ts'

/** Receivers of posts, as real HTTP servers: a Slack webhook, and an endpoint for telemetry. They stop after the test. */

interface SinkPost {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Json
}

interface SinkReply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** The answer never begins. */
  readonly hangs?: boolean
  /** The answer begins when this resolves. */
  readonly after?: Promise<void>
}

/** Returns undefined for the usual answer. `count` counts posts from 1. */
export type SinkScenario = (post: SinkPost, count: number) => SinkReply | undefined

export interface Sink {
  readonly url: string
  /** In the order of their arrival, including those that got an error or no answer. */
  readonly posts: readonly SinkPost[]
}

interface Refusal {
  readonly status: number
  readonly text: string
}

interface SinkKind {
  readonly path: string
  /** The answer to a post that the service accepts. */
  readonly accepted: () => Response
  readonly refuse: (body: Json | undefined) => Refusal | undefined
}

const startSink = ({ path, accepted, refuse }: SinkKind, scenario: SinkScenario | undefined): Sink => {
  const posts: SinkPost[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url)
      if (request.method !== 'POST' || pathname !== path) return new Response('not found', { status: 404 })
      const text = await request.text()
      const isJson = /^application\/json\b/.test(request.headers.get('content-type') ?? '')
      const body: unknown = isJson ? attempt(() => JSON.parse(text)) : undefined
      const refusal = refuse(isObject(body) ? body : undefined)
      if (refusal !== undefined) return new Response(refusal.text, { status: refusal.status })
      const post = { path: pathname, headers: Object.fromEntries(request.headers), body: body as Json }
      posts.push(post)
      const { hangs, after, status, headers } = scenario?.(post, posts.length) ?? {}
      await (hangs === true ? new Promise(() => {}) : after)
      return status === undefined ? accepted() : new Response('the sink fails', { status, headers: { ...headers } })
    },
  })
  afterTest(() => server.stop(true))
  return { url: `http://127.0.0.1:${server.port}${path}`, posts }
}

const slack: SinkKind = {
  path: '/services/T00000000/B00000000/secret',
  accepted: () => new Response('ok'),
  refuse(body) {
    if (body === undefined) return { status: 400, text: 'invalid_payload' }
    return 'text' in body || 'attachments' in body ? undefined : { status: 400, text: 'no_text' }
  },
}

const telemetry: SinkKind = {
  path: '/telemetry',
  accepted: () => new Response(null, { status: 202 }),
  refuse: (body) => (body === undefined ? { status: 400, text: 'not JSON' } : undefined),
}

/** An incoming webhook of Slack: it refuses what Slack refuses. */
export const startSlackSink = (scenario?: SinkScenario): Sink => startSink(slack, scenario)

export const startTelemetrySink = (scenario?: SinkScenario): Sink => startSink(telemetry, scenario)

/** Resolves to the bodies when the sink has that many posts. */
export const received = async ({ posts }: Sink, count: number): Promise<readonly Json[]> => {
  await waitUntil(() => posts.length >= count)
  return posts.map(({ body }) => body)
}
