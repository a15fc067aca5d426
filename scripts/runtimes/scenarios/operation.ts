import { expect } from 'bun:test'
import { message, messages } from './requests.ts'
import type { Scenario, Subject } from './scenario.ts'

/** Names of metrics, without those of the process: each runtime has others. */
const metricNames = (page: string): string[] =>
  [...page.matchAll(/^# TYPE (\S+)/gm)]
    .map(([, name = '']) => name)
    .filter((name) => name.startsWith('nexus_'))
    .sort()

/** Health and metrics. */
export const operationScenarios: readonly Scenario[] = [
  {
    does: 'reports its health and that it is ready',
    run: async ({ get }) => {
      const { status, text: body } = await get('/health')
      const { status: health, service, upstream } = JSON.parse(body)
      return { status, health, service, upstream: typeof upstream, ready: (await get('/ready')).status }
    },
    expected: { status: 200, health: 'healthy', ready: 200 },
  },
  {
    does: 'writes metrics as text',
    run: async ({ get, post }) => {
      await post(messages, message('hello'))
      const { status, text: page, headers } = await get('/metrics')
      return { status, type: headers['content-type'], names: metricNames(page) }
    },
    expected: { status: 200, type: expect.stringContaining('text/plain'), names: expect.arrayContaining([]) },
  },
]

/** Resolves once a stream takes the only place. The promise inside, of its text, resolves at the timeout. */
const holdPlace = async (send: Subject['send']): Promise<{ readonly ended: Promise<string> }> => {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify(message('stop talking', { stream: true }))
  const response = await send(messages, { method: 'POST', headers, body })
  return { ended: response.text() }
}

/** A server with one place, seven requests at most, and a timeout of a second. */
export const limitScenarios: readonly Scenario[] = [
  {
    does: 'sends pings while the upstream is silent, and ends the stream at the timeout',
    run: async ({ post }) => {
      const { status, text: body } = await post(messages, message('stop talking', { stream: true }))
      const events = [...body.matchAll(/^event: (.*)$/gm)].map(([, name = '']) => name)
      return { status, hasPings: events.filter((name) => name === 'ping').length > 1, last: events.at(-1) }
    },
    expected: { status: 200, hasPings: true, last: 'error' },
  },
  {
    does: 'refuses requests while its only place is taken',
    run: async ({ send, post }) => {
      const holding = await holdPlace(send)
      const { status, text } = await post(messages, message('hello'))
      await holding.ended
      return { status, text, later: (await post(messages, message('hello'))).status }
    },
    expected: { status: 529, text: expect.stringContaining('overloaded_error'), later: 200 },
  },
  {
    does: 'limits the rate of a client',
    run: async ({ post }) => {
      const answers = []
      for (let count = 0; count < 6; count += 1) answers.push(await post(messages, message('hello')))
      const type = answers.at(-1)?.text.includes('rate_limit_error')
      return { statuses: answers.map(({ status }) => status), type }
    },
    expected: { statuses: [200, 200, 200, 429, 429, 429], type: true },
  },
]

/** A server with one place, where others wait. */
export const queueScenarios: readonly Scenario[] = [
  {
    does: 'lets requests wait for its only place',
    run: async ({ send, post }) => {
      const holding = await holdPlace(send)
      const waiting = Array.from({ length: 3 }, () => post(messages, message('hello', { stream: true })))
      await holding.ended
      return (await Promise.all(waiting)).map(({ status }) => status)
    },
    expected: [200, 200, 200],
  },
]
