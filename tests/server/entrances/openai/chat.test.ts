import { describe, expect, test } from 'bun:test'
import OpenAI from 'openai'
import { queriesOf } from '../../../../scripts/support/search-server.ts'
import type { Reply } from '../../../../src/simulator/reply.ts'
import { type ChainOptions, startChain } from '../../../support/chain.ts'
import { dataOf } from '../../../support/chat-answer.ts'
import { firstResult, query, startSearchingChain } from '../../../support/searching-chain.ts'
import { waitUntil } from '../../../support/wait-until.ts'

const clientOf = (url: string): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'dummy', maxRetries: 0 })

const body = { model: 'claude-sonnet-4.6', messages: [{ role: 'user' as const, content: 'hello' }] }
const path = '/v1/chat/completions'

const answering = (reply: Reply, options: ChainOptions = {}) => startChain({ scenario: () => reply, ...options })
const hello: Reply = { content: [{ text: 'Hello.' }] }

test("OpenAI's own SDK reads a whole answer and a stream of Chat Completions (OE-K4, OE-P2, OE-T1)", async () => {
  const client = clientOf(startChain().url)
  const whole = await client.chat.completions.create(body)
  const streamed = await client.chat.completions.stream(body).finalChatCompletion()
  expect(whole.choices[0]?.message.content).toBeTruthy()
  expect(streamed.choices[0]?.message.content).toBe(whole.choices[0]?.message.content ?? '')
})

describe('an answer of Chat Completions', () => {
  test("has an id of OpenAI's form, the requested model's name, and its time (OE-C80, OE-C1)", async () => {
    const before = Math.floor(Date.now() / 1000)
    const response = await answering(hello).post(body, { path })
    const answer = (await response.json()) as { id: string; model: string; created: number }
    expect(answer.id).toMatch(/^chatcmpl-[0-9a-f]{29}$/)
    expect(answer.model).toBe('claude-sonnet-4.6')
    expect(answer.created).toBeGreaterThanOrEqual(before)
  })

  test('is streamed with the headers that keep proxies from holding it back (OE-T4)', async () => {
    const response = await answering(hello).post({ ...body, stream: true }, { path })
    const headers = Object.fromEntries(response.headers)
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    })
    expect(headers['x-request-id']).toBeTruthy()
    expect(dataOf(await response.text()).at(-1)).toBe('[DONE]')
  })

  test('is in the log like every other answer (OE-T3)', async () => {
    const { post, records } = answering(hello)
    await (await post({ ...body, stream: true }, { path })).text()
    await waitUntil(() => records.some(({ event }) => event === 'request.answered'))
    expect(records.find(({ event }) => event === 'request.answered')?.fields).toMatchObject({
      path,
      status: 200,
      model: 'claude-sonnet-4.6',
      used: 'claude-sonnet-4.6',
      stream: true,
      stop: 'end_turn',
    })
    expect(records.find(({ event }) => event === 'request.shape')?.fields).toMatchObject({ messages: 1, userTurns: 1 })
  })

  test('names what the model does not get, in a header and in the log (OE-T3)', async () => {
    const { post, records } = answering(hello)
    const message = { role: 'assistant', content: 'Hm.', reasoning_content: 'a private thought' }
    const messages = [...body.messages, message, ...body.messages]
    const response = await post({ ...body, messages }, { path })
    expect(response.status).toBe(200)
    expect(response.headers.get('x-nexus-notes')).toBe('messages')
    expect(records.filter(({ event }) => event === 'translate.note').map(({ fields }) => fields)).toContainEqual(
      expect.objectContaining({ path: 'messages.1.reasoning_content', what: 'thinking without a signature' }),
    )
    expect(JSON.stringify(records)).not.toContain('a private thought')
  })

  test('has no header of notes if there are none (OE-T3)', async () => {
    const response = await answering(hello).post(body, { path })
    expect(response.headers.has('x-nexus-notes')).toBe(false)
  })
})

describe('a silent stream of Chat Completions', () => {
  const slow: Reply = { content: [{ text: 'one two three' }], pace: { frameMs: 30, deltaCharacters: 5 } }

  test('gets pings of one line, only between whole events (OE-T5)', async () => {
    const response = await answering(slow, { pingMs: 10 }).post({ ...body, stream: true }, { path })
    const text = await response.text()
    expect(text).toContain('\n\n: ping\n')
    expect(text).not.toContain(': ping\n\n')
    const joined = dataOf(text)
      .slice(0, -1)
      .map((event) => JSON.parse(event).choices[0].delta.content ?? '')
      .join('')
    expect(joined).toBe('one two three')
  })

  test('starts with pings if the model takes long, and a failure is then an event (OE-T5, OE-C91, OE-C97)', async () => {
    const error = { status: 400, type: 'ValidationException', message: 'bad' }
    const chain = answering({ error, pace: { firstMs: 60 } }, { pingMs: 10, commitMs: 5 })
    const response = await chain.post({ ...body, stream: true }, { path })
    expect(response.status).toBe(200)
    const text = await response.text()
    expect(text.startsWith(': ping\n')).toBe(true)
    const [failure, done, ...rest] = dataOf(text)
    expect(JSON.parse(failure ?? '').error.message).toContain('bad')
    expect([done, ...rest]).toEqual(['[DONE]'])
  })
})

test('a client that disconnects ends the call of the upstream (OE-C98)', async () => {
  const chain = answering({ content: [{ text: 'x'.repeat(500) }], pace: { frameMs: 20, deltaCharacters: 1 } })
  const client = new AbortController()
  const response = await chain.post({ ...body, stream: true }, { path, signal: client.signal })
  await response.body?.getReader().read()
  client.abort()
  await waitUntil(() => chain.simulator.journal.at(-1)?.outcome === 'cancelled')
  await waitUntil(() => chain.records.some(({ event }) => event === 'request.cancelled'))
})

describe('a Responses body at the path of Chat Completions', () => {
  const responses = { model: 'claude-sonnet-4.6', input: 'hello', stream_options: { include_usage: true } }

  test('is translated by its own shape and answered in the form of the path (OE-T8)', async () => {
    const chain = answering(hello)
    const whole = await (await chain.post(responses, { path })).json()
    expect(whole).toMatchObject({ object: 'chat.completion', choices: [{ message: { content: 'Hello.' } }] })
    const text = await (await chain.post({ ...responses, stream: true }, { path })).text()
    const chunks = dataOf(text)
    expect(chunks.at(-1)).toBe('[DONE]')
    expect(JSON.parse(chunks.at(-2) ?? '')).toMatchObject({ object: 'chat.completion.chunk', choices: [], usage: {} })
  })

  test('is named in errors by its own members (OE-T7, OE-T8)', async () => {
    const response = await answering(hello).post({ ...responses, input: 7 }, { path })
    expect(response.status).toBe(400)
    expect(((await response.json()) as { error: { param: string } }).error.param).toBe('input')
  })
})

test('a body with neither messages nor input lacks its messages (OE-T7)', async () => {
  const response = await answering(hello).post({ model: 'claude-sonnet-4.6' }, { path })
  expect(response.status).toBe(400)
  expect(((await response.json()) as { error: { param: string } }).error.param).toBe('messages')
})

describe('a web search of the server', () => {
  test("is read by OpenAI's own SDK, with what it cites (OE-C15, OE-C85, WS-27)", async () => {
    const { url, search } = startSearchingChain()
    const request = { ...body, web_search_options: { search_context_size: 'medium' as const } }
    const whole = await clientOf(url).chat.completions.create(request)
    const streamed = await clientOf(url).chat.completions.stream(request).finalChatCompletion()
    for (const { choices } of [whole, streamed]) {
      expect(choices[0]).toMatchObject({ finish_reason: 'stop' })
      expect(choices[0]?.message.content).toBe('Searching. Found: It leaves at noon.')
      expect(choices[0]?.message.annotations).toMatchObject([{ url_citation: { url: firstResult } }])
      expect(choices[0]?.message.tool_calls ?? []).toEqual([])
    }
    expect(queriesOf(search)).toEqual([query, query])
  })
})
