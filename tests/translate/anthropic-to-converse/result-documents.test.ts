import { describe, expect, test } from 'bun:test'
import { capabilitiesOf } from '../../../src/translate/capabilities/table.ts'
import {
  assistant,
  cachedText,
  cachePoint,
  image,
  type TranslateOptions,
  tool,
  toolResult,
  toolUse,
  translate,
  user,
  validBody,
} from '../../support/translate.ts'

/** Documents in and next to tool results: what Bedrock accepts where (boto3#4648, pydantic-ai#6098). */

const bytes = 'JVBERi0xLjQK'
const pdf = (title?: string, more: object = {}): object => ({
  type: 'document',
  ...(title !== undefined && { title }),
  source: { type: 'base64', media_type: 'application/pdf', data: bytes },
  ...more,
})
const textDocument = (title: string, more: object = {}): object => ({
  type: 'document',
  title,
  source: { type: 'text', media_type: 'text/plain', data: 'a,b\n1,2' },
  ...more,
})
const citationsEnabled = { citations: { enabled: true } }
const sentPdf = (name: string, more: object = citationsEnabled): object => ({
  document: { format: 'pdf', name, source: { bytes }, ...more },
})
const documentNotice = (name: string): object => ({ text: `[The document "${name}" follows the tool results.]` })
const spelled = (title: string): object => ({
  text: `<document>\n<source>${title}</source>\n<document_content>\na,b\n1,2\n</document_content>\n</document>`,
})
const seeAttached = { text: '(see attached document)' }

const tools = [tool('Read')]
/** The content of the turn that answers the uses `t1` to `tN`. */
const toolResultTurn = (
  uses: number,
  content: unknown[],
  members: object = {},
  options: TranslateOptions = {},
): object[] => {
  const ids = Array.from({ length: uses }, (_, index) => toolUse(`t${index + 1}`, 'Read'))
  const messages = [user('read'), assistant(...ids), user(...content)]
  return validBody({ messages, tools, ...members }, options).messages[2]?.content ?? []
}
const result = (toolUseId: string, content: unknown[], more: object = {}): object => ({
  toolResult: { toolUseId, content, ...more },
})

describe('F1 a PDF inside a tool result', () => {
  const read = (...content: unknown[]) => [toolResult('t1', content)]
  const read1 = { type: 'text', text: 'PDF file read' }

  test('F1 D6 moves after the results of its turn, with citations, and a line names it', () => {
    expect(toolResultTurn(1, read(read1, pdf('Paper.pdf')))).toEqual([
      result('t1', [{ text: 'PDF file read' }, documentNotice('Paper')]),
      sentPdf('Paper'),
      seeAttached,
    ])
  })

  test('F1 leaves no empty result', () => {
    expect(toolResultTurn(1, read(pdf()))[0]).toEqual(result('t1', [documentNotice('document')]))
  })

  test('F1 1.2.4 several results: results first, then the PDFs in their order, then the rest', () => {
    const turn = [toolResult('t2', [pdf('b')]), 'and?', image(), toolResult('t1', [read1, pdf('a1'), pdf('a2')])]
    expect(toolResultTurn(2, turn)).toEqual([
      result('t2', [documentNotice('b')]),
      result('t1', [{ text: 'PDF file read' }, documentNotice('a1'), documentNotice('a2')]),
      sentPdf('b'),
      sentPdf('a1'),
      sentPdf('a2'),
      { text: 'and?' },
      expect.objectContaining({ image: expect.anything() }),
    ])
  })

  test('F1 1.2.5 in a turn that is merged', () => {
    const ids = [toolUse('t1', 'Read'), toolUse('t2', 'Read')]
    const messages = [user('a'), assistant(...ids), user(toolResult('t1', [pdf('a')])), user(toolResult('t2'), 'go')]
    expect(validBody({ messages, tools }).messages[2]?.content as object[]).toEqual([
      result('t1', [documentNotice('a')]),
      result('t2', [{ text: 'ok' }]),
      sentPdf('a'),
      { text: 'go' },
    ])
  })

  test('F1 B9 of a tool that failed', () => {
    expect(toolResultTurn(1, [toolResult('t1', [pdf('a')], { is_error: true })]).slice(0, 2)).toEqual([
      result('t1', [documentNotice('a')], { status: 'error' }),
      sentPdf('a'),
    ])
  })

  test('F1 K3 the marker of the result moves with its PDF, and lifetimes stay in order', () => {
    const marker = (ttl?: '1h'): object => ({ cache_control: { type: 'ephemeral', ...(ttl && { ttl }) } })
    expect(toolResultTurn(1, [toolResult('t1', [pdf('a')], marker())])).toEqual([
      result('t1', [documentNotice('a')]),
      sentPdf('a'),
      cachePoint,
      seeAttached,
    ])
    const hour = { cachePoint: { type: 'default', ttl: '1h' } }
    expect(toolResultTurn(2, [toolResult('t1', [pdf('a')], marker('1h')), toolResult('t2', 'x', marker())])).toEqual([
      result('t1', [documentNotice('a')]),
      result('t2', [{ text: 'x' }]),
      hour,
      sentPdf('a'),
      hour,
      seeAttached,
    ])
  })

  test("F1 citations that the client requests work the same way, with the client's indices of documents", () => {
    const messages = [
      user('a'),
      assistant(toolUse('t1', 'Read')),
      user(textDocument('notes', citationsEnabled), toolResult('t1', [pdf('a.pdf', citationsEnabled)])),
      assistant('b'),
      user(pdf('b.pdf', citationsEnabled), 'c'),
    ]
    const { body, responseContext: reply, notes } = translate({ messages, tools })
    expect(body.messages[2]?.content as object[]).toEqual([
      result('t1', [documentNotice('a')]),
      sentPdf('a'),
      spelled('notes'),
    ])
    expect(reply.keepsCitations.documents).toBe(true)
    expect(reply.documents).toEqual([
      { index: 1, title: 'a.pdf', isCited: true },
      { index: 2, title: 'b.pdf', isCited: true },
    ])
    expect(notes).toContainEqual({
      level: 'info',
      path: 'messages.2.content.0',
      what: 'a text document next to a tool result: sent as text: no citations there',
    })
  })

  test('F1 D6 stays in its result if no citations are sent: by policy, with a schema, if they are refused', () => {
    const content = read(read1, pdf('a'))
    const stays = [result('t1', [{ text: 'PDF file read' }, sentPdf('a', {})])]
    expect(toolResultTurn(1, content, {}, { policy: { pdf: 'text' } })).toEqual(stays)
    const schema = { type: 'json_schema', schema: { type: 'object' } }
    expect(toolResultTurn(1, content, { output_config: { format: schema } })).toEqual(stays)
    expect(toolResultTurn(1, content, {}, { overrides: { capabilities: { citations: false } } })).toEqual(stays)
  })

  test('F1 every document of the request has citations, or none has', () => {
    const more = [assistant('b'), user(textDocument('late'), pdf('other'), 'c')]
    const messages = [user('a'), assistant(toolUse('t1', 'Read')), user(...read(pdf('a'))), ...more]
    const all = JSON.stringify(validBody({ messages, tools }))
    expect(all.match(/"citations":\{"enabled":true\}/g)?.length).toBe(3)
    expect(JSON.stringify(validBody({ messages, tools }, { policy: { pdf: 'text' } }))).not.toContain('citations')
  })

  test('F1 D6 if the client requests citations of one document, every document has citations', () => {
    const turns = [user('a'), assistant(toolUse('t1', 'Read')), user(toolResult('t1', [pdf('read')]))]
    const citing = user(textDocument('notes', citationsEnabled), 'b')
    const orders = [
      [citing, assistant('c'), ...turns],
      [...turns, assistant('c'), citing],
    ]
    for (const messages of orders) {
      for (const pdfs of ['visual', 'text'] as const) {
        const { body, responseContext: reply, notes } = translate({ messages, tools }, { policy: { pdf: pdfs } })
        expect(JSON.stringify(body).match(/"document":/g)?.length).toBe(2)
        expect(JSON.stringify(body).match(/"citations":\{"enabled":true\}/g)?.length).toBe(2)
        expect(reply.documents.filter(({ isCited }) => isCited).map(({ title }) => title)).toEqual(['notes'])
        expect(notes.map(({ what }) => what)).toContain('citations of only some documents: enabled for all')
        validBody({ messages, tools }, { policy: { pdf: pdfs } })
      }
    }
  })

  test('F1 1.2.10 counts among the five documents of its message: the oldest are omitted', () => {
    const many = ['1', '2', '3', '4', '5', '6'].map((name) => pdf(name))
    const content = toolResultTurn(1, [toolResult('t1', many)])
    expect(content.slice(1, 3)).toEqual([
      { text: '[document omitted: Bedrock allows at most 5 documents per message]' },
      sentPdf('2'),
    ])
  })

  test('F1 paths of errors are those inside the result', () => {
    const { paths } = translate({
      messages: [user('a'), assistant(toolUse('t1', 'Read')), user('x', toolResult('t1', [read1, pdf('a')]))],
      tools,
    })
    const inside = ['messages', 2, 'content', 1, 'tool_result', 'content']
    expect(paths.block(2, 1, 'pdf')).toEqual([...inside, 1])
    expect(paths.part(2, 0, 0)).toEqual([...inside, 0])
  })

  test('F1 K12 the turn has the same bytes when the conversation continues', () => {
    const turn = [user('a'), assistant(toolUse('t1', 'Read')), user(...read(read1, pdf('a')))]
    const sent = (messages: object[]): string[] =>
      validBody({ messages, tools }).messages.map((message) => JSON.stringify(message))
    const later = [assistant('b', toolUse('t2', 'Read')), user(toolResult('t2', [pdf('a')]), textDocument('n'))]
    expect(sent([...turn, ...later]).slice(0, 3)).toEqual(sent(turn))
  })
})

describe('F3 a text document next to a tool result', () => {
  const ok = toolResult('t1', 'x')
  const sentOk = result('t1', [{ text: 'x' }])

  test('F3 becomes a text with its title, at its position', () => {
    expect(toolResultTurn(1, [ok, textDocument('rows'), 'and this file?'])).toEqual([
      sentOk,
      spelled('rows'),
      { text: 'and this file?' },
    ])
  })

  test.each([
    ['text', { type: 'text', media_type: 'text/plain', data: 'one\ntwo' }],
    ['base64 text', { type: 'base64', media_type: 'text/plain; charset=utf-8', data: btoa('one\ntwo') }],
    ['content as a string', { type: 'content', content: 'one\ntwo' }],
    [
      'content in blocks',
      {
        type: 'content',
        content: [
          { type: 'text', text: 'one' },
          { type: 'text', text: 'two' },
        ],
      },
    ],
  ])('F3 whatever its source is: %s', (_name, source) => {
    const document = { type: 'document', source, context: 'why' }
    const text =
      '<document>\n<document_context>why</document_context>\n<document_content>\none\ntwo\n</document_content>\n</document>'
    expect(toolResultTurn(1, [ok, document])).toEqual([sentOk, { text }])
    expect(toolResultTurn(1, [toolResult('t1', [document])])).toEqual([result('t1', [{ text }])])
  })

  test('F3 D3 keeps the images of its content next to it', () => {
    const source = { type: 'content', content: [{ type: 'text', text: 'a,b\n1,2' }, image()] }
    const [, text, picture] = toolResultTurn(1, [ok, { type: 'document', title: 'rows', source }])
    expect(text).toEqual(spelled('rows'))
    expect(picture).toHaveProperty('image')
  })

  test('F3 1.2.5 in a message that is merged with the results', () => {
    const messages = [user('a'), assistant(toolUse('t1', 'Read')), user(ok), user(textDocument('rows'), 'go')]
    expect(validBody({ messages, tools }).messages[2]?.content as object[]).toEqual([
      sentOk,
      spelled('rows'),
      { text: 'go' },
    ])
  })

  test('F3 K6 keeps its marker, which is valid after a text', () => {
    const marker = { cache_control: { type: 'ephemeral' } }
    expect(toolResultTurn(1, [ok, textDocument('rows', marker)])).toEqual([sentOk, spelled('rows'), cachePoint])
    expect(toolResultTurn(1, [toolResult('t1', [cachedText('x'), textDocument('rows')])])).toEqual([
      result('t1', [{ text: 'x' }, spelled('rows')]),
      cachePoint,
    ])
  })

  test('F3 D6 is no longer a document, and does not hide the pages of a PDF', () => {
    const messages = [
      user('a'),
      assistant(toolUse('t1', 'Read')),
      user(ok, textDocument('rows')),
      assistant('b'),
      user(pdf('a'), 'c'),
    ]
    expect(JSON.stringify(validBody({ messages, tools }))).toContain('"citations":{"enabled":true}')
  })

  test('F3 stays a document in a turn without results', () => {
    expect(JSON.stringify(validBody({ messages: [user('a', textDocument('rows'))] }))).toContain('"format":"txt"')
  })
})

describe('a model that refuses documents next to results', () => {
  const overrides = { capabilities: { documentsBesideResults: false } }

  test('F1 1.10 gets them inside the last result, without citations', () => {
    const turn = [
      toolResult('t1', [pdf('a')]),
      toolResult('t2'),
      pdf('b', { cache_control: { type: 'ephemeral' } }),
      'x',
    ]
    expect(toolResultTurn(2, turn, {}, { overrides })).toEqual([
      result('t1', [sentPdf('a', {})]),
      result('t2', [{ text: 'ok' }, sentPdf('b', {})]),
      cachePoint,
      { text: 'x' },
    ])
  })

  test('F1 1.10 documents for which the client requests citations keep their position', () => {
    const { body } = translate(
      {
        messages: [
          user('a'),
          assistant(toolUse('t1', 'Read')),
          user(toolResult('t1'), pdf('a', citationsEnabled), 'x'),
        ],
        tools,
      },
      { overrides },
    )
    expect(body.messages[2]?.content[1] as object).toEqual(sentPdf('a'))
  })
})

describe('a model that refuses images in results', () => {
  const overrides = { capabilities: { imagesInResults: false } }
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
  const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } }
  const sentPicture = { image: { format: 'png', source: { bytes: png } } }
  const notice = { text: '[The image follows the tool results.]' }
  const marked = { cache_control: { type: 'ephemeral' } }

  test('1.10 gets them after all results of the turn, with the cache marker (MX-C3)', () => {
    const turn = [toolResult('t1', [{ type: 'text', text: 'Two.' }, picture, picture], marked), toolResult('t2'), 'x']
    expect(toolResultTurn(2, turn, {}, { overrides })).toEqual([
      result('t1', [{ text: 'Two.' }, notice, notice]),
      result('t2', [{ text: 'ok' }]),
      sentPicture,
      sentPicture,
      cachePoint,
      { text: 'x' },
    ])
  })

  test('1.10 other models get them inside the result', () => {
    expect(toolResultTurn(1, [toolResult('t1', [picture])])).toEqual([result('t1', [sentPicture])])
  })

  test('models of other vendors than Amazon and Anthropic are such models', () => {
    const inResults = ['us.amazon.nova-pro-v1:0', 'claude-haiku-4.5', 'openai.gpt-6'].map(
      (id) => capabilitiesOf(id).imagesInResults,
    )
    expect(inResults).toEqual([true, true, false])
  })
})
