import { describe, expect, test } from 'bun:test'
import { createNotes } from '../../../src/messages/notes.ts'
import { requestMediaLimit } from '../../../src/translate/anthropic-to-converse/media-limits.ts'
import { productName, version } from '../../../src/version.ts'
import type { MessagesRequest } from '../../../src/wire/anthropic/request.ts'
import { request, startChain } from '../../support/chain.ts'
import { fileHost, fileResponse, sourcesFrom } from '../../support/file-host.ts'
import { assistant, tool, toolResult, toolUse, translate, user } from '../../support/translate.ts'
import {
  jpeg,
  pdfSource,
  png,
  pngSource,
  privateHostError,
  refusalOf,
  requestWith,
  serveAnyFile,
  sourcePath,
  unabortedSignal,
  unreachableHost,
  urlBlock,
} from '../../support/url-sources.ts'
import { waitUntil } from '../../support/wait-until.ts'

describe('a request without URL sources', () => {
  test('B3 D4 is returned unchanged, and nothing is looked up', async () => {
    const given = requestWith(
      { type: 'text', text: 'a' },
      { type: 'image', source: pngSource },
      { type: 'document', source: { type: 'content', content: [{ type: 'image', source: pngSource }] } },
      { type: 'tool_result', tool_use_id: 't', content: [{ type: 'document', source: pdfSource }] },
      { type: 'document', source: { type: 'file', file_id: 'f' } },
    )
    const lookup = () => Promise.reject(new Error('looked up'))
    expect(await sourcesFrom(unreachableHost, { lookup })(given, unabortedSignal)).toBe(given)
    const spoken = request() as MessagesRequest
    expect(await sourcesFrom(unreachableHost, { lookup })(spoken, unabortedSignal)).toBe(spoken)
  })
})

describe('a URL source', () => {
  test('B3 D4 becomes bytes at every position, and nothing else changes', async () => {
    const host = await fileHost(serveAnyFile)
    const image = (path: string, more: object = {}) => urlBlock('image', `https://files.example${path}`, more)
    const document = (path: string, more: object = {}) => urlBlock('document', `https://files.example${path}`, more)
    const cached = { cache_control: { type: 'ephemeral' }, unknown: 1 }
    const words = { type: 'text', text: 'a' }
    const build = (png: (more?: object) => object, pdf: (more?: object) => object, text: (more?: object) => object) =>
      request({
        unknown: { kept: true },
        messages: [
          { role: 'user', content: 'only words' },
          { role: 'user', content: [words, png(cached), pdf({ title: 'T', ...cached }), text()] },
          { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'n', input: {} }] },
          {
            role: 'user',
            content: [
              { type: 'tool_result', tool_use_id: 't', content: [words, png(), pdf()], is_error: false },
              { type: 'document', source: { type: 'content', content: [words, png()] }, title: 'U' },
            ],
          },
        ],
      }) as MessagesRequest
    const given = build(
      (more) => image('/png', more),
      (more) => document('/pdf', more),
      (more) => document('/text', more),
    )
    const before = structuredClone(given)
    const inlined = await sourcesFrom(host)(given, unabortedSignal)
    expect(inlined).toEqual(
      build(
        (more) => ({ type: 'image', source: pngSource, ...more }),
        (more) => ({ type: 'document', source: pdfSource, ...more }),
        (more) => ({ type: 'document', source: { type: 'text', media_type: 'text/plain', data: '# Grüße' }, ...more }),
      ),
    )
    expect(given).toEqual(before)
    expect(inlined.messages[2]).toBe(given.messages[2])
    // Each of the three once.
    expect(host.requests.length).toBe(3)
  })

  test('B3 D4 is requested with its own name, at the address that was looked up, without headers of the client', async () => {
    const host = await fileHost(serveAnyFile)
    const names: string[] = []
    const lookup = async (name: string) => {
      names.push(name)
      return ['127.0.0.1']
    }
    await sourcesFrom(host, { lookup })(
      requestWith(urlBlock('image', 'https://FILES.example.:443/png?q=1&r=%20#f')),
      unabortedSignal,
    )
    expect(names).toEqual(['files.example'])
    expect(host.requests[0]?.serverName).toBe('files.example')
    expect(host.requests[0]?.head.toLowerCase().split('\r\n').filter(Boolean).sort()).toEqual(
      [
        'get /png?q=1&r=%20 http/1.1',
        'host: files.example',
        `user-agent: ${productName}/${version}`,
        'accept: */*',
        'accept-encoding: identity',
        'connection: close',
      ].sort(),
    )
  })

  test('B3 D4 is fetched from another address if one does not answer', async () => {
    const host = await fileHost(serveAnyFile)
    const inline = sourcesFrom(host, { lookup: async () => ['::1', '127.0.0.1'], isAddressAllowed: () => true })
    expect(await inline(requestWith(urlBlock('image', 'https://files.example/png')), unabortedSignal)).toEqual(
      requestWith({ type: 'image', source: pngSource }),
    )
  })

  test('B3 its bytes decide its type, not the header of its host', async () => {
    const calls: Record<string, Buffer> = {
      '/jpeg': fileResponse('image/png', jpeg),
      '/octets': fileResponse('application/octet-stream', png),
      '/unnamed': Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), png]),
    }
    const inline = sourcesFrom(await fileHost((path) => calls[path]))
    const types: (string | undefined)[] = []
    for (const path of Object.keys(calls)) {
      const inlined = await inline(requestWith(urlBlock('image', `https://files.example${path}`)), unabortedSignal)
      types.push(/"media_type":"([^"]*)"/.exec(JSON.stringify(inlined))?.[1])
    }
    expect(types).toEqual(['image/jpeg', 'image/png', 'image/png'])
  })

  test('D4 a text is decoded with its own charset', async () => {
    const latin = Buffer.from('Grüße', 'latin1')
    const calls: Record<string, [Buffer, string]> = {
      '/declared': [fileResponse('text/plain; charset="ISO-8859-1"', latin), 'Grüße'],
      '/untold': [fileResponse('text/plain', latin), 'Grüße'],
      '/utf-8': [fileResponse('text/csv', 'a;ß\n'), 'a;ß\n'],
      '/marked': [fileResponse('text/html; charset=latin1', '\ufeff<p>ß'), '<p>ß'],
      '/wide': [fileResponse('text/plain', Buffer.from('\ufeffGrüße', 'utf16le')), 'Grüße'],
      '/unknown': [fileResponse('text/plain; charset=nonsense', 'ß'), 'ß'],
      '/json': [fileResponse('application/ld+json', '{}'), '{}'],
    }
    const inline = sourcesFrom(await fileHost((path) => calls[path]?.[0]))
    for (const [path, [, data]] of Object.entries(calls)) {
      expect([
        path,
        await inline(requestWith(urlBlock('document', `https://files.example${path}`)), unabortedSignal),
      ]).toEqual([path, requestWith({ type: 'document', source: { type: 'text', media_type: 'text/plain', data } })])
    }
  })

  test('B3 D4 no more than four are fetched at once', async () => {
    let open = 0
    let most = 0
    const host = await fileHost((_path, socket) => {
      open += 1
      most = Math.max(most, open)
      setTimeout(() => {
        open -= 1
        socket.end(fileResponse('image/png', png))
      }, 5)
      return undefined
    })
    const given = requestWith(
      ...Array.from({ length: 20 }, (_, index) => urlBlock('image', `https://files.example/${index}`)),
    )
    await sourcesFrom(host)(given, unabortedSignal)
    expect([host.requests.length, most]).toEqual([20, 4])
  })
})

describe('a URL that is refused', () => {
  const lookup = async (name: string): Promise<string[]> => {
    const known: Record<string, string[]> = {
      'inside.example': ['10.1.2.3'],
      'both.example': ['8.8.8.8', '169.254.169.254'],
      'six.example': ['::1'],
    }
    return known[name] ?? Promise.reject(new Error(`${name} was looked up`))
  }
  const cases: [string, string[]][] = [
    [
      'The URL is not valid.',
      ['', 'files.example/a', 'https://', 'https://[::1', 'https://1.2.3.256/', 'https://a b/'],
    ],
    ['Only HTTPS URLs are supported.', ['http://files.example/a', 'file:///etc/passwd', 'data:image/png;base64,AAAA']],
    [
      'URLs with a user name or password are not supported.',
      ['https://secret@files.example/', 'https://:secret@f.example/'],
    ],
    ['Only HTTPS URLs on port 443 are supported.', ['https://files.example:8443/', 'https://files.example:80/']],
    [
      privateHostError,
      [
        ...[
          'https://127.0.0.1/?secret',
          'https://127.1/',
          'https://0x7f.1/',
          'https://2130706433/',
          'https://0177.0.0.1/',
        ],
        ...[
          'https://0/',
          'https://127.0.0.1./',
          'https://[::1]/',
          'https://[::ffff:127.0.0.1]/',
          'https://１２７.0.0.1/',
        ],
        ...[
          'https://8.8.8.8/',
          'https://[2606:4700::1]/',
          'https://localhost/',
          'https://LOCALHOST./',
          'https://a.localhost/',
        ],
        ...[
          'https://localhost.localdomain/',
          'https://metadata.google.internal/',
          'https://printer.local/',
          'https://nas.lan',
        ],
        ...[
          'https://intranet/',
          'https://intranet./',
          'https://x.corp/',
          'https://router.home.arpa/',
          'https://a..example/',
        ],
        ...['https://files.example../', 'https://inside.example/', 'https://both.example/', 'https://six.example/'],
        `https://${'a.'.repeat(126)}example/`,
      ],
    ],
  ]
  test.each(cases)('B3 D4 %s', async (sentence, urls) => {
    const inline = sourcesFrom(unreachableHost, { lookup })
    for (const url of urls) {
      const given = requestWith({ type: 'text', text: 'a' }, urlBlock('document', url))
      expect([url, await refusalOf(inline, given)]).toEqual([
        url,
        `messages.0.content.1.document.source.url: ${sentence}`,
      ])
    }
  })

  test('B3 D4 a refusal names the path, at any depth', async () => {
    const inline = sourcesFrom(unreachableHost, { lookup })
    const image = urlBlock('image', 'http://files.example/?secret')
    const result = { type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'a' }, image] }
    const within = { type: 'document', source: { type: 'content', content: [image] } }
    expect(await refusalOf(inline, requestWith(result))).toStartWith(
      'messages.0.content.0.tool_result.content.1.image.source.url: Only HTTPS',
    )
    expect(await refusalOf(inline, requestWith(within))).toStartWith(
      'messages.0.content.0.source.content.0.image.source.url: Only HTTPS',
    )
  })
})

test('D4 F1 a PDF by URL inside a tool result moves after the results, like one with bytes', async () => {
  const host = await fileHost(() => fileResponse('application/pdf', '%PDF-1.4\n'))
  const given = request({
    messages: [
      user('read'),
      assistant(toolUse('t')),
      user(toolResult('t', [urlBlock('document', 'https://files.example/a.pdf')])),
    ],
    tools: [tool('Bash')],
  }) as MessagesRequest
  const { body } = translate(await sourcesFrom(host)(given, unabortedSignal))
  expect(body.messages[2]?.content.map((block) => Object.keys(block)[0])).toEqual(['toolResult', 'document', 'text'])
})

describe('more media than the limit', () => {
  test('B3 D4 1.2.10 the oldest are not fetched, and a text replaces them', async () => {
    const host = await fileHost(() => fileResponse('image/png', png))
    const many = Array.from({ length: 22 }, (_, index) => urlBlock('image', `https://files.example/${index}`))
    const notes = createNotes()
    const { messages } = await sourcesFrom(host)(requestWith(...many), unabortedSignal, {
      notes,
      mediaLimit: requestMediaLimit('omit'),
    })
    const kinds = [messages[0]?.content ?? []].flat().map((block) => (typeof block === 'string' ? block : block.type))
    expect(kinds).toEqual(['text', 'text', ...Array.from({ length: 20 }, () => 'image')])
    expect(notes.all.map(({ path }) => path)).toEqual(['messages.0.content.0', 'messages.0.content.1'])
    expect(host.requests.length).toBe(20)
    const refused = sourcesFrom(unreachableHost)(requestWith(...many), unabortedSignal, {
      notes,
      mediaLimit: requestMediaLimit('refuse'),
    })
    expect(refused).rejects.toThrow('capability_rejected: media_budget')
  })

  test('B3 D4 F2 the oldest of many turns are omitted in batches', async () => {
    const host = await fileHost(() => fileResponse('image/png', png))
    const turns = (count: number): MessagesRequest =>
      request({
        messages: Array.from({ length: count }, (_, index) => [
          { role: 'user', content: [urlBlock('image', `https://files.example/${index}`)] },
          { role: 'assistant', content: 'Seen.' },
        ]).flat(),
      }) as MessagesRequest
    const omitted = async (count: number): Promise<number> =>
      JSON.stringify(await sourcesFrom(host)(turns(count), unabortedSignal)).match(/image omitted/g)?.length ?? 0
    expect([await omitted(20), await omitted(21), await omitted(31), await omitted(32)]).toEqual([0, 11, 11, 22])
  })

  test('B3 D4 B12 messages that a compaction replaced are not fetched', async () => {
    const summary = { type: 'compaction', content: 'They looked at pictures.' }
    const given = request({
      messages: [
        { role: 'user', content: [urlBlock('image', 'http://not-even-valid.example/a')] },
        { role: 'assistant', content: [summary] },
        { role: 'user', content: 'And now?' },
      ],
    }) as MessagesRequest
    expect(await sourcesFrom(unreachableHost)(given, unabortedSignal)).toBe(given)
    const unchanged = request({
      messages: [
        { role: 'user', content: 'a' },
        {
          role: 'user',
          content: [urlBlock('image', 'http://not-even-valid.example/a'), summary, { type: 'text', text: 'b' }],
        },
      ],
    }) as MessagesRequest
    expect(await sourcesFrom(unreachableHost)(unchanged, unabortedSignal)).toBe(unchanged)
  })
})

describe('redirects', () => {
  const to = (location: string, status = 302): string =>
    `HTTP/1.1 ${status} Found\r\nlocation: ${location}\r\ncontent-length: 0\r\n\r\n`

  test('B3 D4 are followed three times, with their own names', async () => {
    const hops: Record<string, string> = {
      '/a': to('https://more.files.example/b', 301),
      '/b': to('/c?d', 307),
      '/c?d': to('//files.example/png', 308),
      '/round': to('/round', 303),
    }
    // A host that keeps its connections open.
    const host = await fileHost((path, socket) => {
      const hop = hops[path]
      if (hop === undefined) return fileResponse('image/png', png)
      socket.write(hop)
      return undefined
    })
    const inline = sourcesFrom(host)
    expect(await inline(requestWith(urlBlock('image')), unabortedSignal)).toEqual(
      requestWith({ type: 'image', source: pngSource }),
    )
    expect(host.requests.map(({ serverName }) => serverName)).toEqual([
      'files.example',
      'more.files.example',
      'more.files.example',
      'files.example',
    ])
    expect(host.requests.map(({ head }) => /cookie|referer|authorization/i.test(head))).not.toContain(true)

    expect(await refusalOf(inline, requestWith(urlBlock('image', 'https://files.example/round')))).toBe(
      `${sourcePath}The URL redirects more than 3 times.`,
    )
    expect(host.requests.length).toBe(8)
    await waitUntil(() => host.connections.closed === host.connections.opened)
  })

  test.each([
    ['http://files.example/secret', 'Only HTTPS URLs are supported.'],
    ['https://127.0.0.1/secret', privateHostError],
    ['https://[::1]/', privateHostError],
    ['https://localhost/', privateHostError],
    ['https://inside.example/', privateHostError],
    ['https://files.example:8443/', 'Only HTTPS URLs on port 443 are supported.'],
    ['https://u:secret@files.example/', 'URLs with a user name or password are not supported.'],
    ['https://[', 'The URL is not valid.'],
  ])('B3 D4 lead nowhere that a URL may not: %s', async (location, sentence) => {
    const host = await fileHost(() => to(location))
    const lookup = async (name: string) => (name === 'inside.example' ? ['10.0.0.1'] : ['127.0.0.1'])
    expect(await refusalOf(sourcesFrom(host, { lookup }), requestWith(urlBlock('image')))).toBe(
      `${sourcePath}The URL redirects to another. ${sentence}`,
    )
    expect(host.connections.opened).toBe(1)
  })

  test('B3 D4 a name is not trusted a second time', async () => {
    const host = await fileHost(() => to('https://files.example/b'))
    const answers = [['127.0.0.1'], ['10.0.0.1']]
    const inline = sourcesFrom(host, { lookup: async () => answers.shift() ?? [] })
    expect(await refusalOf(inline, requestWith(urlBlock('image')))).toContain(privateHostError)
    expect(host.connections.opened).toBe(1)
  })
})

describe('end to end', () => {
  test('B3 D4 Nexus gets the bytes, complete and streamed', async () => {
    const host = await fileHost(serveAnyFile)
    const chain = startChain({ inlineUrlSources: sourcesFrom(host) })
    const content = [
      { type: 'text', text: 'What is this?' },
      urlBlock('image', 'https://files.example/png?secret'),
      urlBlock('document', 'https://files.example/pdf'),
    ]
    const body = request({ messages: [{ role: 'user', content }] })
    for (const stream of [false, true]) {
      const response = await chain.post({ ...body, stream })
      expect([response.status, await response.text()]).toEqual([200, expect.any(String)])
    }
    const sent = chain.simulator.journal.map(({ body }) => JSON.stringify(body))
    expect(sent.length).toBe(2)
    for (const text of sent) {
      expect(text).toContain(`{"image":{"format":"png","source":{"bytes":"${pngSource.data}"}}}`)
      expect(text).toContain(`"source":{"bytes":"${pdfSource.data}"}`)
    }
    expect(JSON.stringify(chain.records)).not.toContain('secret')
  })

  test('B3 D4 a refusal is a 400, also for a stream, and neither Nexus nor the log gets the URL', async () => {
    const chain = startChain({ inlineUrlSources: sourcesFrom(unreachableHost) })
    const messages = [{ role: 'user', content: [urlBlock('image', 'https://localhost/?secret')] }]
    for (const stream of [false, true]) {
      const response = await chain.post(request({ messages, stream }))
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({
        type: 'error',
        error: { type: 'invalid_request_error', message: sourcePath + privateHostError },
      })
    }
    expect(chain.simulator.journal).toEqual([])
    expect(JSON.stringify(chain.records)).not.toContain('secret')
  })
})
