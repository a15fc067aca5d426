import { expect, test } from 'bun:test'
import { createNotes } from '../../../src/messages/notes.ts'
import { requestMediaLimit } from '../../../src/translate/anthropic-to-converse/media-limits.ts'
import { refuseUrlSources } from '../../../src/upstreams/url-sources/refuse-url-sources.ts'
import { pngSource, requestWith, unabortedSignal, urlBlock } from '../../support/url-sources.ts'

const about = { notes: createNotes(), mediaLimit: requestMediaLimit('omit') }
const nested = {
  type: 'tool_result',
  tool_use_id: 't',
  content: [urlBlock('document', 'https://files.example/a.pdf?secret')],
}

test('a request without URLs stays as it is (OP-X3)', async () => {
  const given = requestWith({ type: 'image', source: pngSource })
  expect(await refuseUrlSources(given, unabortedSignal, about)).toBe(given)
})

test('the first URL is refused with its path, and without its words (OP-X3)', async () => {
  await expect(refuseUrlSources(requestWith(nested), unabortedSignal, about)).rejects.toMatchObject({
    type: 'invalid_request_error',
    message:
      'messages.0.content.0.tool_result.content.0.document.source.url: This server fetches no URLs: send the bytes as base64 instead.',
  })
})

test('a URL that the upstream fetches itself stays as it is (OP-X3)', async () => {
  const given = requestWith(urlBlock('image', 'https://files.example/a.png'))
  const isFetched = (kind: string): boolean => kind === 'document'
  expect(await refuseUrlSources(given, unabortedSignal, { ...about, isFetched })).toBe(given)
})
