import { describe, expect, test } from 'bun:test'
import { Secret } from '../../../src/base/secret.ts'
import { createPostJson } from '../../../src/gateway/observers/post-json.ts'
import { createSlack, type SlackOptions } from '../../../src/gateway/observers/slack.ts'
import type { ConversationWords } from '../../../src/gateway/request-record.ts'
import type { Fetch } from '../../../src/upstreams/http/post.ts'
import { type RecordMembers, requestRecord } from '../../support/records.ts'
import { received, startSlackSink } from '../../support/sinks.ts'

const words: ConversationWords = { userText: 'Fix it', assistantText: 'Done', tools: [] }
const failure = { outcome: 'failed', status: 502, errorType: 'api_error', errorReason: 'Cannot reach it.' } as const

const start = (url: string, options: Partial<SlackOptions> = {}) => {
  const lost: string[] = []
  const slept: number[] = []
  const slack = createSlack({
    post: createPostJson(fetch as Fetch),
    sleep: async (milliseconds) => void slept.push(milliseconds),
    onLost: (reason) => lost.push(reason),
    ...options,
  })
  const target = { webhookUrl: new Secret(url), channel: undefined, username: 'Claude', iconEmoji: ':robot_face:' }
  const observe = (members: RecordMembers = {}, said: ConversationWords | null = words): void =>
    slack.observe(requestRecord({ slack: target, ...members }), said ?? undefined)
  const end = (): Promise<void> => slack.end(new AbortController().signal)
  return { observe, end, lost, slept, target }
}

const texts = (bodies: readonly unknown[]): unknown[] =>
  bodies.map((body) => {
    const { text, attachments } = body as { text?: string; attachments: { title?: string }[] }
    return text ?? attachments[0]?.title
  })

describe('Slack', () => {
  test('gets the name, the icon and the channel with each message (AU-S3)', async () => {
    const sink = startSlackSink()
    const { observe, end, target } = start(sink.url)
    observe()
    observe({ slack: { ...target, channel: '#team' }, ...failure })
    await end()
    const [first, second] = await received(sink, 2)
    expect(first).toEqual({
      username: 'Claude',
      icon_emoji: ':robot_face:',
      text: '👤 User: Fix it\n\n🤖 Claude: Done',
      attachments: [{ footer: 'team.example | claude-sonnet-4-6 | unknown', ts: '1795953601' }],
    })
    expect(second).toMatchObject({ channel: '#team', username: 'Claude', attachments: [{ title: 'Request req_1' }] })
  })

  test('gets the text of the user once for each domain (AU-S6)', async () => {
    const sink = startSlackSink()
    const { observe, end } = start(sink.url)
    observe()
    observe()
    observe({ domain: 'other.example' })
    observe({}, { ...words, userText: 'Thanks' })
    observe({}, words)
    await end()
    const isNew = texts(sink.posts.map(({ body }) => body)).map((text) => String(text).startsWith('👤 User: '))
    expect(isNew).toEqual([true, false, true, true, true])
  })

  test('remembers the last texts of 1,000 domains (AU-S6)', async () => {
    const shown: string[] = []
    const { observe } = start('http://127.0.0.1:1/', {
      post: async (_url, body) => {
        shown.push(...(texts([body]) as string[]))
        return undefined
      },
    })
    const domains = Array.from({ length: 1001 }, (_, index) => `domain-${index}`)
    const shows = async (domain: string): Promise<boolean> => {
      observe({ domain })
      await new Promise(setImmediate)
      return shown.splice(0)[0]?.startsWith('👤') === true
    }
    for (const domain of domains) expect(await shows(domain)).toBe(true)
    expect(await shows('domain-1000')).toBe(false)
    expect(await shows('domain-0')).toBe(true)
  })

  test.each<[string, RecordMembers, ConversationWords | null]>([
    ['a query evaluation', { requestClass: 'query_evaluation' }, words],
    ['a request without text of the user', {}, { ...words, userText: '' }],
    ['a request without collected words', {}, null],
    ['a count of tokens', { operation: 'count', path: '/v1/messages/count_tokens' }, words],
    ['a failed count of tokens', { ...failure, operation: 'count' }, null],
    ['a list of models', { ...failure, operation: undefined, path: '/v1/models' }, words],
    ['an answer that the client left', { outcome: 'cancelled', status: 499 }, words],
    ['a refused request', { outcome: 'refused', status: 400 }, words],
    ['a failure that is about a key or a quota', { ...failure, status: 429 }, words],
  ])('gets nothing of %s (AU-S2, AU-S4)', async (_what, members, said) => {
    const sink = startSlackSink()
    const { observe, end, lost } = start(sink.url)
    observe(members, said)
    await end()
    expect([sink.posts, lost]).toEqual([[], []])
  })

  test('gets nothing of a request without a target (AU-S1)', async () => {
    const sink = startSlackSink()
    const { observe, end, lost } = start(sink.url)
    observe({ slack: undefined })
    await end()
    expect([sink.posts, lost]).toEqual([[], []])
  })

  test('gets failures of the server and of connections, also in the middle of a stream (AU-S4)', async () => {
    const sink = startSlackSink()
    const { observe, end } = start(sink.url)
    for (const [index, status] of [500, 502, 504, 529, 200].entries())
      observe({ ...failure, status, requestId: `req_${index}` }, words)
    await end()
    expect(texts(sink.posts.map(({ body }) => body))).toEqual([0, 1, 2, 3, 4].map((index) => `Request req_${index}`))
  })
})

describe('a message', () => {
  test('is sent alone, and at most 100 wait (AU-S5)', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const sink = startSlackSink(() => ({ after: promise }))
    const { observe, end, lost } = start(sink.url)
    for (let index = 0; index < 103; index += 1) observe()
    expect(lost).toEqual(['queue full', 'queue full'])
    await received(sink, 1)
    await new Promise(setImmediate)
    expect(sink.posts.length).toBe(1)
    resolve()
    await end()
    expect(sink.posts.length).toBe(101)
  })

  test.each<[string, (string | undefined)[], number, number[], string[]]>([
    ['is sent once more after the time that Slack names', ['30', undefined], 2, [30_000], []],
    ['is lost after two tries', ['0', '1'], 2, [0], ['HTTP 429']],
    ['is lost if Slack names a longer time', ['31'], 1, [], ['HTTP 429']],
  ])('%s (AU-S5)', async (_what, waits, posts, slept, lost) => {
    const sink = startSlackSink((_, count) => {
      const wait = waits[count - 1]
      return wait === undefined ? undefined : { status: 429, headers: { 'retry-after': wait } }
    })
    const slack = start(sink.url)
    slack.observe()
    await slack.end()
    expect([sink.posts.length, slack.slept, slack.lost]).toEqual([posts, slept, lost])
  })

  test('is lost without a second try after another failure (AU-S5)', async () => {
    const sink = startSlackSink(() => ({ status: 500 }))
    const { observe, end, lost } = start(sink.url)
    observe()
    await end()
    expect([sink.posts.length, lost]).toEqual([1, ['HTTP 500']])
  })

  test('is not sent unencrypted to another machine (AU-S5)', async () => {
    const { observe, end, lost } = start('http://hooks.example/secret')
    observe()
    await end()
    expect(lost).toEqual(['invalid webhook URL'])
  })

  test('is lost if the process ends while it waits (AU-S5)', async () => {
    const sink = startSlackSink(() => ({ status: 429, headers: { 'retry-after': '30' } }))
    const slack = createSlack({
      post: createPostJson(fetch as Fetch),
      sleep: (_, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      onLost: (reason) => lost.push(reason),
    })
    const lost: string[] = []
    const { target } = start(sink.url)
    slack.observe(requestRecord({ slack: target }), words)
    slack.observe(requestRecord({ slack: target }), words)
    await received(sink, 1)
    const limit = new AbortController()
    const ended = slack.end(limit.signal)
    limit.abort()
    await ended
    expect(lost).toEqual(['shutdown', 'shutdown'])
  })
})
