import { describe, expect, test } from 'bun:test'
import { chatMessages, notesIn, translateChat } from '../../support/chat-request.ts'
import { assistant, image, png, refusalMessage, toolResult, toolUse, user } from '../../support/translate.ts'

const byUrl = (url: string): object => ({ type: 'image', source: { type: 'url', url } })

describe('images', () => {
  test('are data URLs of the type that their bytes show, without white space (OU-Q31)', () => {
    const spaced = `data:image/png;base64,${png.slice(0, 40)}\n${png.slice(40)}`
    expect(chatMessages([user(image(spaced, 'image/jpeg'))])[0]?.content).toEqual([
      { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } },
    ])
  })

  test('of another type are refused in Anthropic words (OU-Q31)', () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>').toString('base64')
    expect(refusalMessage(() => chatMessages([user(image(svg, 'image/png'))]))).toBe(
      "messages.0.content.0.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'",
    )
  })

  test('with an https URL are sent unchanged (OU-Q32)', () => {
    expect(chatMessages([user(byUrl('https://example.com/a.png?x=1'))])[0]?.content).toEqual([
      { type: 'image_url', image_url: { url: 'https://example.com/a.png?x=1' } },
    ])
  })

  test.each([
    'http://example.com/a.png',
    'file:///etc/passwd',
    'https://localhost/a.png',
    'https://127.0.0.1/a.png',
    'https://0x7f000001/a.png',
    'https://[::1]/a.png',
    'https://10.0.0.8/a.png',
    'https://metadata.internal/a.png',
    'https://router.local/a.png',
    'https://user:word@example.com/a.png',
    'not a URL',
  ])('with the URL %p are refused, and the error does not contain the URL (OU-Q32)', (url) => {
    const message = refusalMessage(() => chatMessages([user('a', byUrl(url))]))
    expect(message).toStartWith('messages.0.content.1.image.source.url: ')
    expect(message).not.toContain(url)
  })

  test('with a URL are refused if the provider accepts none and they were not fetched (OU-Q32)', () => {
    const act = () => chatMessages([user(byUrl('https://example.com/a.png'))], { dialect: { imageUrl: false } })
    expect(refusalMessage(act)).toBe(
      'messages.0.content.0.image.source.url: this endpoint does not forward URLs: send the bytes as base64',
    )
  })

  test('with a file id are refused (OU-Q32)', () => {
    const block = { type: 'image', source: { type: 'file', file_id: 'f' } }
    expect(refusalMessage(() => chatMessages([user(block)]))).toContain('no Files API')
  })

  test.each([{ images: false }, { stringsOnly: true }])(
    'are words for a model with %p, in their place (OU-Q33)',
    (dialect) => {
      const translation = translateChat(
        {
          messages: [user('a', image(), 'b'), assistant(toolUse('t1')), user(toolResult('t1', [image()]))],
        },
        { dialect },
      )
      const omitted = '[image omitted: this model does not see images]'
      expect(translation.body.messages.map(({ content }) => content)).toEqual([`a\n\n${omitted}\n\nb`, null, omitted])
      expect(notesIn(translation)).toEqual([
        'info messages.0.content.1: image omitted: the model does not accept images',
        'info messages.2.content.0.tool_result.content.0: image omitted: the model does not accept images',
      ])
    },
  )
})
