import { describe, expect, test } from 'bun:test'
import { toContentBlock } from '../../../src/translate/openai-entrance/content-parts.ts'
import type { ContentBlock } from '../../../src/wire/anthropic/content.ts'
import { findIssue } from '../../../src/wire/issue.ts'
import { ContentPart } from '../../../src/wire/openai-chat/content-part.ts'
import { notedPaths, openAiContext, refusalOf } from '../../support/openai-context.ts'

const path = ['messages', 3, 'content', 0]

const translate = (part: object, context = openAiContext()): ContentBlock | undefined => {
  expect(findIssue(ContentPart, part)).toBeUndefined()
  return toContentBlock(part as ContentPart, path, context)
}

const refused = (part: object): ReturnType<typeof refusalOf> => refusalOf(() => translate(part))

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const pngData = 'iVBORw0KGgo='
const jpegData = '/9j/4AAQ'
const pdfData = base64('%PDF-1.4')

const image = (media_type: string, data: string): object => ({
  type: 'image',
  source: { type: 'base64', media_type, data },
})

describe('texts', () => {
  test.each(['text', 'input_text', 'output_text'])('of the type %s become text blocks (OE-C45)', (type) => {
    expect(translate({ type, text: ' a ' })).toEqual({ type: 'text', text: ' a ' })
  })

  test('of white space are dropped (OE-C45)', () => {
    expect(translate({ type: 'text', text: ' \n\t' })).toBeUndefined()
    expect(translate({ type: 'text', text: '' })).toBeUndefined()
  })
})

describe('images', () => {
  const imageUrl = (url: string): object => ({ type: 'image_url', image_url: { url, detail: 'high' } })

  test.each([
    [`data:image/png;base64,${pngData}`, image('image/png', pngData)],
    [`data:image/jpg;base64,${jpegData}`, image('image/jpeg', jpegData)],
    [`data:image/webp;name=a.webp;charset=utf-8;base64,UklGRgAA`, image('image/webp', 'UklGRgAA')],
    [`DATA:IMAGE/GIF;BASE64,R0lG\nODlh `, image('image/gif', 'R0lGODlh')],
  ])('in the data URL %p become base64 sources (OE-C46)', (url, block) => {
    expect(translate(imageUrl(url))).toEqual(block as ContentBlock)
    expect(translate({ type: 'image_url', image_url: url })).toEqual(block as ContentBlock)
    expect(translate({ type: 'input_image', image_url: url, detail: 'auto' })).toEqual(block as ContentBlock)
  })

  test('at an address become url sources (OE-C46)', () => {
    const url = 'https://a.example/b.png'
    expect(translate(imageUrl(url))).toEqual({ type: 'image', source: { type: 'url', url } })
  })

  test.each([
    'data:image/png;base64,',
    'data:image/png;base64,iVBOR*0KGgo=',
    'data:image/png;base64,iVBORw0KGg',
    'data:image/png',
    `data:image/bmp;base64,${base64('BM')}`,
    `data:image/svg+xml;base64,${base64('<svg/>')}`,
    'data:image/svg+xml,<svg/>',
    'ftp://a.example/b.png',
    'b.png',
    '',
  ])('at %p are refused with their path (OE-C46, OE-T7)', (url) => {
    expect(refused(imageUrl(url))).toEqual({ code: 'invalid_value', param: 'messages[3].content[0].image_url' })
  })

  test('by the id of a file are refused (OE-C46)', () => {
    expect(refused({ type: 'input_image', file_id: 'file_1' })).toEqual({
      code: 'unsupported_value',
      param: 'messages[3].content[0].file_id',
    })
    expect(refused({ type: 'input_image' }).param).toBe('messages[3].content[0].image_url')
  })
})

describe('files', () => {
  const pdf = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: pdfData } }
  const words = { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'grün' } }

  test.each([
    [
      { file_data: `data:application/pdf;base64,${pdfData}`, filename: 'a.pdf' },
      { ...pdf, title: 'a.pdf' },
    ],
    [
      { file_data: pdfData, filename: 'a.PDF' },
      { ...pdf, title: 'a.PDF' },
    ],
    [
      { file_data: `data:application/octet-stream;base64,${pdfData}`, filename: 'a.pdf' },
      { ...pdf, title: 'a.pdf' },
    ],
    [{ file_data: `data:text/csv;charset=utf-8;base64,${base64('grün')}` }, words],
    [{ file_data: 'data:text/plain,gr%C3%BCn' }, words],
    [{ file_data: `data:application/ld+json;base64,${base64('grün')}` }, words],
    [{ file_data: `data:application/xml;base64,${base64('grün')}` }, words],
    [
      { file_data: base64('grün'), filename: 'a.md' },
      { ...words, title: 'a.md' },
    ],
    [{ file_data: `data:image/png;base64,${pngData}`, filename: 'a.png' }, image('image/png', pngData)],
  ])('with the data %j become documents and images (OE-C47)', (file, block) => {
    expect(translate({ type: 'file', file })).toEqual(block as ContentBlock)
    expect(translate({ type: 'input_file', ...file })).toEqual(block as ContentBlock)
  })

  test('at an address become url sources (OE-C47)', () => {
    const url = 'https://a.example/b.pdf'
    expect(translate({ type: 'input_file', file_url: url, filename: 'b.pdf' })).toEqual({
      type: 'document',
      source: { type: 'url', url },
      title: 'b.pdf',
    })
  })

  test.each([
    [{ file_data: base64('PK'), filename: 'a.docx' }, 'invalid_value', 'file_data'],
    [{ file_data: base64('a') }, 'invalid_value', 'file_data'],
    [{ file_data: 'data:application/zip;base64,UEsDBA==' }, 'invalid_value', 'file_data'],
    [{ file_data: 'data:text/plain,%', filename: 'a.txt' }, 'invalid_value', 'file_data'],
    [{ file_data: '' }, 'invalid_value', 'file_data'],
    [{ file_id: 'file_1' }, 'unsupported_value', 'file_id'],
  ])('as %j are refused with their path (OE-C47)', (file, code, member) => {
    expect(refused({ type: 'file', file })).toEqual({ code, param: `messages[3].content[0].file.${member}` })
    expect(refused({ type: 'input_file', ...file })).toEqual({ code, param: `messages[3].content[0].${member}` })
  })

  test('without content are refused (OE-C47)', () => {
    expect(refused({ type: 'file', file: {} }).param).toBe('messages[3].content[0].file')
  })
})

test.each([
  { type: 'input_audio', input_audio: { data: 'UklGRgAA', format: 'wav' } },
  { type: 'video_url', video_url: { url: 'https://a.example/b.mp4' } },
])('%j is refused (OE-C48)', (part) => {
  expect(refused(part)).toEqual({ code: 'unsupported_value', param: 'messages[3].content[0]' })
})

describe("Anthropic's own blocks", () => {
  test.each([
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pngData } },
    { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a' }, title: 'b' },
    { type: 'tool_use', id: 'toolu_1', name: 'read', input: { path: 'x' } },
    { type: 'tool_result', tool_use_id: 'toolu_1', content: 'a', cache_control: { type: 'ephemeral' } },
    { type: 'thinking', thinking: 'hm', signature: 'c2ln' },
    { type: 'redacted_thinking', data: 'YQ==' },
    { type: 'search_result', source: 'https://a.example', title: 'b', content: [{ type: 'text', text: 'c' }] },
  ])('stay as they are: $type (OE-C49)', (block) => {
    expect(translate(block)).toBe(block as ContentBlock)
  })

  test('of thinking without a signature are dropped with a note (OE-C63)', () => {
    const context = openAiContext()
    expect(translate({ type: 'thinking', thinking: 'hm' }, context)).toBeUndefined()
    expect(translate({ type: 'thinking', thinking: 'hm', signature: '' }, context)).toBeUndefined()
    expect(notedPaths(context)).toEqual(['messages.3.content.0', 'messages.3.content.0'])
  })

  test('of calls have an object as their input (OE-C34)', () => {
    expect(translate({ type: 'tool_use', id: '1', name: 'read', input: '{"path":"x"}' })).toMatchObject({
      input: { path: 'x' },
    })
    expect(translate({ type: 'tool_use', id: '1', name: 'read' })).toMatchObject({ input: {} })
  })

  test('with a wrong member are a mismatch at their path (OE-C23, OE-T7)', () => {
    expect(findIssue(ContentPart, { type: 'tool_use', id: 7, name: 'read' }, path)?.path).toEqual([...path, 'id'])
  })
})
