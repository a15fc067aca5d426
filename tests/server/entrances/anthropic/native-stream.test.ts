import { describe, expect, test } from 'bun:test'
import { GatewayError } from '../../../../src/base/errors.ts'
import type { StreamEnd } from '../../../../src/gateway/running-requests.ts'
import { nativeStream } from '../../../../src/server/entrances/anthropic/native-stream.ts'
import { startNativeAt } from '../../../support/anthropic.ts'
import { rawRequest } from '../../../support/raw-client.ts'
import { rawServer } from '../../../support/raw-server.ts'
import { waitUntil } from '../../../support/wait-until.ts'

const utf8 = new TextEncoder()

const message = [
  'event: message_start\ndata: {"type":"message_start","message":{"model":"claude-opus-4-6","content":[]}}\n\n',
  'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"text":"grüße"}}\n\n',
  'event: message_stop\ndata: {"type":"message_stop"          }\n\n',
].join('')

const withoutEnd = message.slice(0, message.indexOf('event: message_stop'))
const asWritten = {
  'with line feeds': message,
  'with carriage returns': message.replaceAll('\n', '\r\n'),
  'that is one JSON body': '{"type":"message","content":[]}',
}

/** Forwards these chunks; `cut`: the upstream then breaks off. */
const forward = (parts: readonly Uint8Array[], { cut = false, isEventStream = true } = {}) => {
  const log: string[] = []
  const ends: StreamEnd[] = []
  let returned = 0
  const chunks = (async function* () {
    try {
      yield* parts
      if (cut) throw new GatewayError('api_error', 'cut')
    } finally {
      returned += 1
    }
  })()
  const body = nativeStream({
    chunks,
    isEventStream,
    errorEvent: ({ type }) => utf8.encode(`event: error\ndata: ${type}\n\n`),
    onChunk: (chunk) => log.push(Buffer.from(chunk).toString('latin1')),
    onEnd: (end) => ends.push(end),
  })
  return { body, log, ends, returned: () => returned }
}

const textOf = async (body: ReadableStream<Uint8Array>): Promise<string> =>
  Buffer.from(await new Response(body).bytes()).toString()

const hashOf = (bytes: Uint8Array | string): string => new Bun.CryptoHasher('sha256').update(bytes).digest('hex')

describe('a stream', () => {
  test.each(Object.entries(asWritten))('%s keeps its bytes, cut at every byte (AU-N5)', async (_, text) => {
    const bytes = utf8.encode(text)
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const { body, ends } = forward([bytes.subarray(0, cut), bytes.subarray(cut)])
      expect(hashOf(await new Response(body).bytes())).toBe(hashOf(bytes))
      expect(ends).toEqual(['whole'])
    }
    const single = [...bytes].map((byte) => Uint8Array.of(byte))
    expect(hashOf(await new Response(forward(single).body).bytes())).toBe(hashOf(bytes))
  })

  test('is written chunk by chunk, each before it is observed (AU-N5, AU-N11)', async () => {
    const parts = ['a', 'bc', 'def'].map((text) => utf8.encode(text))
    const { body, log } = forward(parts)
    const reader = body.getReader()
    for (const part of parts) {
      const { value } = await reader.read()
      expect(value).toBe(part)
    }
    expect((await reader.read()).done).toBe(true)
    expect(log).toEqual(['a', 'bc', 'def'])
  })

  test('is read only when the client reads (AU-N5)', async () => {
    let pulled = 0
    const chunks = (async function* () {
      for (;;) {
        pulled += 1
        yield new Uint8Array(1)
      }
    })()
    const none = (): void => {}
    const options = { chunks, isEventStream: false, errorEvent: () => new Uint8Array(), onChunk: none, onEnd: none }
    const reader = nativeStream(options).getReader()
    for (let read = 1; read <= 3; read += 1) {
      await reader.read()
      expect(pulled).toBe(read)
    }
  })

  test('ends its upstream when the client leaves in the middle (AU-N9)', async () => {
    const { body, ends, returned } = forward([utf8.encode('event: a\n\n'), utf8.encode('event: b\n\n')])
    const reader = body.getReader()
    await reader.read()
    await reader.cancel()
    expect([ends, returned()]).toEqual([['left'], 1])
  })

  test('of a client that leaves after the last event is whole', async () => {
    const { body, ends } = forward([utf8.encode(message), utf8.encode('more')])
    const reader = body.getReader()
    await reader.read()
    await reader.cancel()
    expect(ends).toEqual(['whole'])
  })
})

describe('a cut stream', () => {
  const boundaries = new Set(
    [...withoutEnd.matchAll(/\n\n/g)].map(({ index }) => utf8.encode(withoutEnd.slice(0, index + 2)).length),
  )

  test('gets one error event between two events, and breaks off within one, at every byte (AU-N10)', async () => {
    const bytes = utf8.encode(withoutEnd)
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const passed = bytes.subarray(0, cut)
      for (const parts of [cut === 0 ? [] : [passed], [...passed].map((byte) => Uint8Array.of(byte))]) {
        const { body, ends } = forward(parts, { cut: true })
        if (cut === 0 || boundaries.has(cut)) {
          expect(await textOf(body)).toBe(`${Buffer.from(passed)}event: error\ndata: api_error\n\n`)
        } else {
          await expect(textOf(body)).rejects.toThrow()
        }
        expect(ends).toMatchObject([{ type: 'api_error' }])
      }
    }
  })

  test('after its last event is whole (AU-N10)', async () => {
    for (const text of [message, message.replaceAll('\n', '\r\n')]) {
      const { body, ends } = forward(
        [...utf8.encode(text)].map((byte) => Uint8Array.of(byte)),
        { cut: true },
      )
      expect(await textOf(body)).toBe(text)
      expect(ends).toEqual(['whole'])
    }
  })

  test('whose text only quotes the last event is not whole (AU-N10)', async () => {
    const quoting = 'event: content_block_delta\ndata: {"text":"event: message_stop"}\n\n'
    const { body, ends } = forward([utf8.encode(quoting)], { cut: true })
    expect(await textOf(body)).toEndWith('event: error\ndata: api_error\n\n')
    expect(ends).toMatchObject([{ type: 'api_error' }])
  })

  test('without events always breaks off (AU-N10)', async () => {
    const { body } = forward([utf8.encode('{"a":1}\n\n')], { cut: true, isEventStream: false })
    await expect(textOf(body)).rejects.toThrow()
  })
})

const streamHead = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n'
const chunked = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`

/** What a raw client gets of an answer whose upstream breaks off when the client has what it sent. */
const afterCut = async (sent: string, head = streamHead) => {
  const upstream = await rawServer((socket) => socket.write(head + chunked(sent)))
  const { url, records } = startNativeAt(upstream.url)
  const cut = (received: string): void => {
    if (received.includes(Buffer.from(sent).toString('latin1'))) upstream.sockets[0]?.resetAndDestroy()
  }
  const answer = await rawRequest(url, 'POST /v1/messages', { 'content-type': 'application/json' }, '{}', cut)
  await waitUntil(() => records.some(({ event }) => event === 'request.failed' || event === 'request.answered'))
  return { ...answer, text: answer.body.replaceAll(/(?:^|\r\n)[0-9a-f]+\r\n/g, '') }
}

describe('on the wire', () => {
  test('a cut between two events is an error event and a whole body (AU-N10)', async () => {
    const { status, body, text } = await afterCut(withoutEnd)
    expect(status).toBe(200)
    expect(text).toStartWith(Buffer.from(withoutEnd).toString('latin1'))
    expect(text.match(/event: error\ndata: .*/g)).toEqual([
      expect.stringMatching(/^event: error\ndata: \{"type":"error","error":\{"type":"api_error"/),
    ])
    expect(body).toEndWith('0\r\n\r\n')
  })

  test('a cut within an event breaks the connection, after every byte that arrived (AU-N10)', async () => {
    const sent = withoutEnd.slice(0, -5)
    const { status, body, text } = await afterCut(sent)
    expect([status, text.includes('event: error')]).toEqual([200, false])
    expect(text).toContain(Buffer.from(sent).toString('latin1'))
    expect(body).not.toContain('0\r\n\r\n')
  })

  test('a cut of a body without events breaks the connection (AU-N10)', async () => {
    const head = streamHead.replace('text/event-stream', 'application/x-jsonl')
    const { body } = await afterCut('{"a":1}\n\n', head)
    expect(body).toContain('{"a":1}')
    expect(body).not.toContain('0\r\n\r\n')
  })

  test('a short answer that breaks off is an error with a status (AU-N10)', async () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"a":1}'
    const upstream = await rawServer((socket) => socket.end(head))
    const { url } = startNativeAt(upstream.url)
    const answer = await rawRequest(url, 'POST /v1/messages', { 'content-type': 'application/json' }, '{}')
    expect([answer.status, answer.body.includes('"type":"api_error"')]).toEqual([502, true])
  })

  test('a whole stream is written piece by piece, with no ping of ours (AU-N5)', async () => {
    const upstream = await rawServer((socket) => socket.write(streamHead + chunked(': first\n')))
    const { url } = startNativeAt(upstream.url)
    const headers = { 'content-type': 'application/json' }
    const { body } = await fetch(`${url}/v1/messages`, { method: 'POST', headers, body: '{}' })
    const reader = body?.getReader()
    const read = async (): Promise<string> => Buffer.from((await reader?.read())?.value ?? []).toString()
    expect(await read()).toBe(': first\n')
    for (const part of ['event: a\nda', 'ta: 1\n\nevent: b\n', '\n']) {
      upstream.sockets[0]?.write(chunked(part))
      expect(await read()).toBe(part)
    }
    upstream.sockets[0]?.write('0\r\n\r\n')
    expect((await reader?.read())?.done).toBe(true)
  })

  test('a client that leaves ends the call of the upstream, before and after the first byte (AU-N9)', async () => {
    for (const begins of [false, true]) {
      let isClosed = false
      const upstream = await rawServer((socket) => {
        socket.on('close', () => (isClosed = true))
        if (begins) socket.write(streamHead + chunked('event: a\n\n'))
      })
      const { url, shutdown } = startNativeAt(upstream.url)
      const client = new AbortController()
      const body = '{}'
      const headers = { 'content-type': 'application/json' }
      const pending = fetch(`${url}/v1/messages`, { method: 'POST', headers, body, signal: client.signal })
      if (begins) await (await pending).body?.getReader().read()
      else await waitUntil(() => upstream.count() > 0)
      client.abort()
      await pending.catch(() => {})
      await waitUntil(() => isClosed && shutdown.running() === 0)
    }
  })
})
