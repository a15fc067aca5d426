import { describe, expect, test } from 'bun:test'
import { chatMessages, notesIn, translateChat } from '../../support/chat-request.ts'
import { image, png, refusalMessage, user } from '../../support/translate.ts'

const data = 'JVBERi0xLjQK'
const pdf = (more: object = {}): object => ({
  type: 'document',
  source: { type: 'base64', media_type: 'application/pdf', data },
  ...more,
})
const text = (words: string, more: object = {}): object => ({
  type: 'document',
  source: { type: 'text', media_type: 'text/plain', data: words },
  ...more,
})
const fileNamed = (filename: string): object => ({
  type: 'file',
  file: { filename, file_data: `data:application/pdf;base64,${data}` },
})

const contentOf = (dialect: object, ...content: unknown[]) => chatMessages([user(...content)], { dialect })[0]?.content

describe('PDFs', () => {
  test('are files, each with a name (OU-Q34)', () => {
    const titles = ['Plan', 'Plan.pdf', undefined, null, '../etc/"x"\n', 'Plan']
    const blocks = titles.map((title) => pdf(title === undefined ? {} : { title }))
    expect(contentOf({ pdf: 'file' }, ...blocks)).toEqual([
      fileNamed('Plan.pdf'),
      fileNamed('Plan-2.pdf'),
      fileNamed('document.pdf'),
      fileNamed('document-2.pdf'),
      fileNamed('.. etc x.pdf'),
      fileNamed('Plan-3.pdf'),
    ] as never)
  })

  test("are data URLs in the provider's form (OU-Q34)", () => {
    expect(contentOf({ pdf: 'url' }, pdf({ context: 'of May' }))).toEqual([
      { type: 'text', text: 'of May' },
      { type: 'document_url', document_url: `data:application/pdf;base64,${data}` },
    ])
  })

  test('become a text about the missing file if the provider accepts none (OU-Q34)', () => {
    const translation = translateChat({ messages: [user(pdf({ title: 'Plan' }), pdf())] })
    expect(translation.body.messages[0]?.content).toBe(
      '[document "Plan" (PDF, 1 page) omitted: this model takes no PDF files]\n\n[document (PDF, 1 page) omitted: this model takes no PDF files]',
    )
    expect(notesIn(translation)[0]).toBe('info messages.0.content.0: PDF omitted: the model does not accept PDF files')
    expect(contentOf({ pdf: 'file', stringsOnly: true }, pdf())).toStartWith('[document (PDF, 1 page) omitted')
  })
})

describe('text documents', () => {
  test('become text in tags with the title, after a line with the context (OU-Q35)', () => {
    expect(contentOf({}, text('words', { title: 'A "plan"', context: 'of May' }))).toBe(
      'of May\n<document title="A &quot;plan&quot;">\nwords\n</document>',
    )
    expect(contentOf({}, text('words', { context: ' ' }))).toBe('<document>\nwords\n</document>')
  })

  test('in base64 are decoded (OU-Q35)', () => {
    const source = { type: 'base64', media_type: 'text/plain', data: Buffer.from('wörds').toString('base64') }
    expect(contentOf({}, { type: 'document', source })).toBe('<document>\nwörds\n</document>')
  })

  test('with parts keep their images as parts (OU-Q35)', () => {
    const content = [{ type: 'text', text: 'one' }, image(), { type: 'text', text: 'two' }]
    expect(contentOf({}, { type: 'document', source: { type: 'content', content } })).toEqual([
      { type: 'text', text: '<document>\none\ntwo\n</document>' },
      { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } },
    ])
  })

  test('that are empty are sent as their context only (OU-Q35)', () => {
    expect(contentOf({}, 'a', text(' ', { context: 'of May' }))).toBe('a\n\nof May')
    expect(contentOf({}, 'a', text(''))).toBe('a')
  })

  test('with a URL or of another type are refused (OU-Q35)', () => {
    const act = (source: object) => () => contentOf({}, { type: 'document', source })
    expect(refusalMessage(act({ type: 'url', url: 'https://example.com/a.pdf' }))).toContain(
      'messages.0.content.0.document.source.url',
    )
    expect(refusalMessage(act({ type: 'base64', media_type: 'text/html', data: 'eA==' }))).toContain(
      "Input should be 'application/pdf'",
    )
  })
})

test('requested citations are noted, because there are none (OU-Q35, OU-Q36)', () => {
  const citations = { enabled: true }
  const result = { type: 'search_result', source: 's', title: 't', content: [{ type: 'text', text: 'x' }], citations }
  expect(notesIn(translateChat({ messages: [user(text('words', { citations }), result)] }))).toEqual([
    'info messages.0.content.0.citations: the provider gives no citations',
    'info messages.0.content.1.citations: the provider gives no citations',
  ])
})

test('a search result is text with its source and title (OU-Q36)', () => {
  const result = (texts: string[]) => ({
    type: 'search_result',
    source: 'https://s.example',
    title: 'Rain',
    content: texts.map((words) => ({ type: 'text', text: words })),
  })
  expect(contentOf({}, result(['one', ' ', 'two']))).toBe(
    '<search_result source="https://s.example" title="Rain">\none\ntwo\n</search_result>',
  )
  expect(contentOf({}, 'a', result([' ']))).toBe('a')
})
