import { describe, expect, test } from 'bun:test'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { largeBytes } from '../../../src/base/json-parts.ts'
import { toConverseRequest } from '../../../src/translate/anthropic-to-converse/request.ts'
import { defaultPolicy } from '../../../src/translate/policy.ts'
import type { MessagesRequest } from '../../../src/wire/anthropic/request.ts'
import { request, startChain } from '../../support/chain.ts'

describe('bodies', () => {
  const bytes = Buffer.from(JSON.stringify(request({ messages: [{ role: 'user', content: 'grüße 🎉' }] })))

  test.each([
    ['gzip', gzipSync(bytes)],
    ['br', brotliCompressSync(bytes)],
    ['deflate', deflateSync(bytes)],
    ['deflate', deflateRawSync(bytes)],
    ['zstd', zstdCompressSync(bytes)],
    ['identity', bytes],
    ['gzip, br', brotliCompressSync(gzipSync(bytes))],
  ])('are read with encoding %s', async (encoding, body) => {
    const { url } = startChain()
    const response = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      body: new Uint8Array(body),
      headers: { 'content-type': 'application/json', 'content-encoding': encoding },
    })
    expect(await response.text()).toContain('You said: grüße 🎉')
  })

  test('of several megabytes are parsed and written in parts, with the same result', async () => {
    const { post, simulator } = startChain()
    const turn = (index: number) => [
      { role: 'user', content: `question ${index}: ${'grüße → "x" '.repeat(150)}` },
      { role: 'assistant', content: `answer ${index}` },
    ]
    const messages = Array.from({ length: 1500 }, (_, index) => turn(index)).flat()
    const whole = request({ messages: [...messages, { role: 'user', content: 'the end' }] })
    expect(Buffer.byteLength(JSON.stringify(whole))).toBeGreaterThan(largeBytes)
    // The model has no context for it.
    expect((await post(whole)).status).toBe(400)
    const sent = simulator.journal.at(-1)?.body
    const translated = toConverseRequest(whole as MessagesRequest, {
      modelId: 'claude-sonnet-4.6',
      betas: [],
      policy: defaultPolicy,
    })
    expect(JSON.stringify(sent)).toBe(JSON.stringify(translated.body))
  })

  test('are refused if they are damaged, unknown, or too large after decoding', async () => {
    const { url } = startChain()
    const send = async (body: Buffer, encoding: string): Promise<number> => {
      const response = await fetch(`${url}/v1/messages`, {
        method: 'POST',
        body: new Uint8Array(body),
        headers: { 'content-type': 'application/json', 'content-encoding': encoding },
      })
      await response.text()
      return response.status
    }
    expect(await send(gzipSync(bytes).subarray(0, 40), 'gzip')).toBe(400)
    expect(await send(bytes, 'rot13')).toBe(415)
    expect(await send(gzipSync(Buffer.alloc(40 * 1024 * 1024, 32)), 'gzip')).toBe(413)
  })

  test('are refused at once if they are nested too deeply, valid or not', async () => {
    const { url } = startChain()
    const send = async (body: string, path = '/v1/messages'): Promise<unknown> => {
      const response = await fetch(url + path, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      })
      return [response.status, ((await response.json()) as { error: { message: string } }).error.message]
    }
    const deep = [400, 'The request body is nested more than 500 levels deep.']
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
    expect(await send(`{"model":"sonnet","max_tokens":10,"messages":${nested(30_000)}}`)).toEqual(deep)
    const tool = `{"name":"t","input_schema":{"type":"object","p":${nested(100_000)}}}`
    const body = `{"model":"sonnet","max_tokens":10,"tools":[${tool}],"messages":[{"role":"user","content":"x"}]}`
    expect(await send(body)).toEqual(deep)
    expect(await send(body, '/v1/messages/count_tokens')).toEqual(deep)
    const valid = body.replace(nested(100_000), nested(400))
    const response = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      body: valid,
      headers: { 'content-type': 'application/json' },
    })
    expect(response.status).toBe(200)
  })

  test('are refused before they are parsed if they contain too many values', async () => {
    const { url, records } = startChain()
    const send = async (messages: string): Promise<unknown> => {
      const response = await fetch(`${url}/v1/messages`, {
        method: 'POST',
        body: `{"model":"sonnet","max_tokens":10,"messages":${messages}}`,
        headers: { 'content-type': 'application/json' },
      })
      return [response.status, ((await response.json()) as { error?: { message: string } }).error?.message]
    }
    const excess = [400, 'The request body holds more than 250000 values.']
    const list = (item: string, count: number): string => `[${`${item},`.repeat(count - 1)}${item}]`
    // Parsing these 27 MB would block all requests for half a minute.
    const startedAt = performance.now()
    expect(await send(list('{}', 9_000_000))).toEqual(excess)
    expect(await send(list('1', 9_000_000))).toEqual(excess)
    expect(performance.now() - startedAt).toBeLessThan(10_000)
    expect(await send(list('{"role":"user","content":[]}', 100_000))).toEqual(excess)
    // Values inside a string do not count, and an escaped quote does not end it.
    const text = JSON.stringify('a "quoted, [list]", {object}, \\" and more, \\'.repeat(2000))
    expect(await send(`[{"role":"user","content":${text}}]`)).toEqual([200, undefined])
    expect(await send('[{"role":"user","content":"without an end')).toEqual([
      400,
      'The request body is not valid JSON.',
    ])
    const unknown = Array.from({ length: 1000 }, (_, index) => `"k${index}":1`).join(',')
    expect(await send(`[{"role":"user","content":"x"}],${unknown}`)).toEqual([200, undefined])
    expect(records.filter(({ event }) => event === 'translate.note').length).toBe(100)
    expect(records.find(({ event }) => event === 'translate.notes_omitted')?.fields['count']).toBe(900)
  })

  const bodyWith = (words: Uint8Array): Buffer =>
    Buffer.concat([
      Buffer.from('{"model":"sonnet","max_tokens":10,"messages":[{"role":"user","content":"a'),
      words,
      Buffer.from('b"}]}'),
    ])
  const sendBytes = async (bytes: Uint8Array | ReadableStream<Uint8Array>): Promise<Response> => {
    const { url } = startChain()
    return fetch(`${url}/v1/messages`, {
      method: 'POST',
      body: bytes,
      headers: { 'content-type': 'application/json' },
    })
  }
  const mark = Buffer.from([0xff, 0xfe])

  test.each([
    ['bytes that begin no character', bodyWith(mark)],
    ['half of an emoji', bodyWith(Buffer.from('😀').subarray(0, 3))],
    ['half of a surrogate pair', bodyWith(Buffer.from([0xed, 0xa0, 0x80]))],
    ['latin1', bodyWith(Buffer.from([0xe9]))],
    [
      'UTF-16 with a byte order mark',
      Buffer.concat([mark, Buffer.from(bodyWith(mark.subarray(2)).toString(), 'utf16le')]),
    ],
    ['UTF-16 and a byte', Buffer.concat([mark, Buffer.from('{}', 'utf16le'), Buffer.from('x')])],
  ])('are refused with bytes that are not UTF-8: %s', async (_name, bytes) => {
    for (const body of [bytes, new Blob([bytes]).stream()]) {
      const response = await sendBytes(body)
      expect([response.status, await response.json()]).toMatchObject([
        400,
        { error: { message: 'The request body is not valid UTF-8.' } },
      ])
    }
  })

  test.each([
    ['the replacement character', bodyWith(Buffer.from('\ufffd'))],
    ['letters beyond Latin', bodyWith(Buffer.from('→ 例 😀'))],
    ['a UTF-8 byte order mark', Buffer.concat([Buffer.from('\ufeff'), bodyWith(Buffer.from('é'))])],
    ['letters of two bytes, like UTF-16', bodyWith(Buffer.from('é'.repeat(80)))],
  ])('are read with bytes that are UTF-8: %s', async (_name, bytes) => {
    for (const body of [bytes, new Blob([bytes]).stream()]) expect((await sendBytes(body)).status).toBe(200)
  })

  test('4.2 too large: are refused over 32 MB, declared or not', async () => {
    const { url } = startChain()
    const body = Buffer.alloc(33 * 1024 * 1024, 32)
    const declared = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    })
    expect([declared.status, await declared.json()]).toMatchObject([413, { error: { type: 'request_too_large' } }])
    const chunks = new ReadableStream({
      start(controller) {
        for (let part = 0; part < 33; part += 1) controller.enqueue(new Uint8Array(1024 * 1024).fill(32))
        controller.close()
      },
    })
    const streamed = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      body: chunks,
      headers: { 'content-type': 'application/json' },
    })
    expect(streamed.status).toBe(413)
  })

  test.each([
    ['', 'The request body is not valid JSON.'],
    ['{"model": canary', 'The request body is not valid JSON.'],
    ['[]', 'Input should be an object'],
    ['null', 'Input should be an object'],
    ['{}', 'model: Field required'],
    [JSON.stringify(request({ max_tokens: undefined })), 'max_tokens: Field required'],
    [JSON.stringify(request({ max_tokens: -1 })), 'max_tokens: Input should be greater than or equal to 0'],
    [JSON.stringify(request({ max_tokens: 1.5 })), 'max_tokens: Input should be a valid integer'],
    [JSON.stringify(request({ messages: [] })), 'messages: Length should be at least 1'],
    [
      JSON.stringify(request({ messages: [{ role: 'bot', content: 'x' }] })),
      "messages.0.role: Input should be 'user', 'assistant', 'system'",
    ],
    [
      JSON.stringify(request({ messages: [{ role: 'user', content: 7 }] })),
      'messages.0.content: Input should be a valid string or a valid list',
    ],
    [
      JSON.stringify(request({ messages: [{ role: 'user', content: [{ type: 'text' }] }] })),
      'messages.0.content.0.text: Field required',
    ],
    [
      JSON.stringify(request({ messages: [{ role: 'user', content: [{ text: 'x' }] }] })),
      'messages.0.content.0.type: Field required',
    ],
    [
      JSON.stringify(
        request({ messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'base64', data: '' } }] }] }),
      ),
      'messages.0.content.0.source.media_type: Field required',
    ],
    [
      JSON.stringify(request({ temperature: 2 })),
      'temperature: Input should be greater than or equal to 0 and less than or equal to 1',
    ],
    [JSON.stringify(request({ tools: [{ name: 'x' }] })), 'tools.0.input_schema: Field required'],
    [JSON.stringify(request({ tools: [{ type: 'custom', name: 'x' }] })), 'tools.0.input_schema: Field required'],
    [JSON.stringify(request({ tool_choice: { type: 'tool' } })), 'tool_choice.name: Field required'],
    [
      JSON.stringify(request({ thinking: { type: 'enabled', budget_tokens: 10 } })),
      'thinking.budget_tokens: Input should be greater than or equal to 1024',
    ],
    [JSON.stringify(request({ system: [{ type: 'text', text: 1 }] })), 'system.0.text: Input should be a valid string'],
  ])('1.2.1 4.2 client %#: %s', async (body, message) => {
    const { url } = startChain()
    const response = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error', message } })
  })

  test('B14 an unknown block names the known ones', async () => {
    const { post } = startChain()
    const response = await post(request({ messages: [{ role: 'user', content: [{ type: 'hologram', text: 'x' }] }] }))
    expect(response.status).toBe(400)
    const { error } = (await response.json()) as { error: { message: string } }
    expect(error.message).toStartWith(
      "messages.0.content.0: Input tag 'hologram' found using 'type' does not match any of the expected tags: 'text', 'tool_use', ",
    )
  })

  test('unknown members survive the schema, at any depth', async () => {
    const { post, records } = startChain()
    expect(
      (
        await post(
          request({
            brand_new: { deep: [1] },
            messages: [{ role: 'user', content: [{ type: 'text', text: 'a', odd: 1 }] }],
          }),
        )
      ).status,
    ).toBe(200)
    const noted = records.filter(({ event }) => event === 'translate.note').map(({ fields }) => fields['path'])
    expect(noted).toEqual(['brand_new', 'messages.0.content.0.odd'])
  })

  test('null means absent', async () => {
    const { post } = startChain()
    const nothing = {
      system: null,
      tools: null,
      tool_choice: null,
      thinking: null,
      output_config: null,
      temperature: null,
      top_p: null,
      top_k: null,
      stop_sequences: null,
      stream: null,
      cache_control: null,
    }
    expect((await post(request(nothing))).status).toBe(200)
  })
})
