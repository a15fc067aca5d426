import { expect } from 'bun:test'
import { waitUntil } from '../../../tests/support/wait-until.ts'
import { clientToken } from '../upstreams.ts'
import { chunked, message, messages, pixel, text } from './requests.ts'
import type { Scenario, Subject } from './scenario.ts'

/** Large bodies, many streams, clients that disconnect, web pages, and the log. */

/** Waits until no request has a place in the limits. */
const allEnded = async ({ send }: Subject): Promise<void> => {
  const active = async (): Promise<unknown> => JSON.parse(await (await send('/health')).text()).active
  while ((await active()) !== 0) await Bun.sleep(1)
}

/**
 * Sends a request that the upstream never answers completely, disconnects, and waits until the upstream knows, and the
 * server has ended the request.
 */
const disconnect = async (subject: Subject, words: string, stream: boolean): Promise<unknown> => {
  const { send, journal } = subject
  const leaving = new AbortController()
  const before = journal('nexus').length
  const entry = () => journal('nexus')[before]
  const sent = send(messages, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(message(words, { stream })),
    signal: leaving.signal,
  })
  const reading = (async () => {
    const response = await sent
    const reader = response.body?.getReader()
    await reader?.read()
    if (stream) leaving.abort()
    await reader?.read()
  })().catch(() => undefined)
  await waitUntil(() => entry() !== undefined)
  if (!stream) leaving.abort()
  await reading
  await waitUntil(() => entry()?.outcome === 'cancelled')
  await allEnded(subject)
  return entry()?.outcome
}

/** Two megabytes: the picture does not use its last bytes. */
const largeImage = {
  type: 'image',
  source: {
    type: 'base64',
    media_type: 'image/png',
    data: Buffer.concat([Buffer.from(pixel, 'base64'), Buffer.alloc(2_000_000)]).toString('base64'),
  },
}

export const connectionScenarios: readonly Scenario[] = [
  {
    does: 'sends an image and a large text, also in chunks or compressed',
    run: async ({ post, journal }) => {
      const large = message([largeImage, { type: 'text', text: 'many words '.repeat(20_000) }])
      const bytes = new TextEncoder().encode(JSON.stringify(large))
      const answers = [
        await post(messages, large),
        await post(messages, chunked(large)),
        await post(messages, Bun.gzipSync(bytes), { 'content-encoding': 'gzip' }),
        await post(messages, Bun.zstdCompressSync(bytes), { 'content-encoding': 'zstd' }),
      ]
      const sent = journal('nexus').slice(-answers.length)
      return {
        statuses: answers.map(({ status }) => status),
        lengths: sent.map(({ body }) => JSON.stringify(body).length),
      }
    },
    expected: { statuses: [200, 200, 200, 200], lengths: Array(4).fill(expect.any(Number)) },
  },
  {
    does: 'refuses a body above the limit',
    run: ({ post }) => post(messages, message('x'.repeat(33 * 1024 * 1024))),
    expected: { status: 413, text: expect.stringContaining('request_too_large') },
  },
  {
    does: 'streams twenty messages at once',
    run: ({ post }) =>
      Promise.all(Array.from({ length: 20 }, () => post(messages, message('take your time', { stream: true })))),
    expected: Array(20).fill(text(/event: message_stop\n/)),
  },
  {
    does: 'cancels the upstream and ends the request if the client disconnects in a stream',
    run: (subject) => disconnect(subject, 'stop talking', true),
    expected: 'cancelled',
  },
  {
    does: 'cancels the upstream and ends the request if the client disconnects before the answer',
    run: (subject) => disconnect(subject, 'say nothing', false),
    expected: 'cancelled',
  },
  {
    does: "allows web pages of the configured origin, and no other page's",
    run: async ({ send }) => {
      const preflight = async (origin: string) => {
        const { status, headers } = await send(messages, {
          method: 'OPTIONS',
          headers: { origin, 'access-control-request-method': 'POST' },
        })
        return [status, headers.get('access-control-allow-origin')]
      }
      return [await preflight('https://page.example'), await preflight('https://other.example')]
    },
    expected: [
      [204, 'https://page.example'],
      [403, null],
    ],
  },
  {
    does: "logs each request on the console with the client's address, and without its words",
    run: async ({ send, output }) => {
      const body = JSON.stringify(message('canary-words'))
      // Only Workers read the address from a header, which their network sets.
      const headers = { 'content-type': 'application/json', 'cf-connecting-ip': '127.0.0.1' }
      const response = await send(messages, { method: 'POST', headers, body })
      await response.text()
      const id = response.headers.get('request-id') ?? ''
      const lineOf = () =>
        output()
          .split('\n')
          .find((line) => id !== '' && line.includes(id) && line.endsWith('}'))
      await waitUntil(() => lineOf() !== undefined)
      const { event, status, clientIp } = JSON.parse(lineOf() ?? '')
      const secrets = ['canary-words', clientToken].filter((text) => output().includes(text))
      return { event, status, clientIp, secrets }
    },
    expected: { event: 'request.answered', status: 200, clientIp: '127.0.0.1', secrets: [] },
  },
]
