import { expect } from 'bun:test'
import { GatewayError } from '../../src/base/errors.ts'
import type { MessagesRequest } from '../../src/wire/anthropic/request.ts'
import { request } from './chain.ts'
import type { sourcesFrom } from './file-host.ts'
import { fileResponse } from './file-host.ts'

/** Requests with URL sources, the responses of their hosts, and the errors for clients. */

export const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
export const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46])
export const pdf = Buffer.from('%PDF-1.4\n1 0 obj << /Type /Page >> endobj\n%%EOF')

export const urlBlock = (type: 'image' | 'document', url = 'https://files.example/a', more: object = {}) => ({
  type,
  source: { type: 'url', url },
  ...more,
})
export const requestWith = (...content: object[]) =>
  request({ messages: [{ role: 'user', content }] }) as MessagesRequest
export const pngSource = { type: 'base64', media_type: 'image/png', data: png.toString('base64') }
export const pdfSource = { type: 'base64', media_type: 'application/pdf', data: pdf.toString('base64') }

export const unabortedSignal = new AbortController().signal

/** The error message for a request; only the host of a URL may be in it. */
export const refusalOf = async (inline: ReturnType<typeof sourcesFrom>, given: MessagesRequest): Promise<string> => {
  const error = await inline(given, unabortedSignal).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof GatewayError)) throw new Error(`not a GatewayError: ${String(error)}`)
  expect([error.type, error.status]).toEqual(['invalid_request_error', 400])
  expect(error.message).not.toContain('secret')
  return error.message
}
export const sourcePath = 'messages.0.content.0.image.source.url: '
export const downloadError = 'Unable to download the file. Please verify the URL and try again. '
export const privateHostError =
  'Only URLs of hosts on the public internet are supported: send the bytes as base64 instead.'

export const serveAnyFile = (path: string): Buffer | undefined =>
  path.startsWith('/png')
    ? fileResponse('image/png', png)
    : path === '/pdf'
      ? fileResponse('application/pdf', pdf)
      : fileResponse('text/markdown; charset=utf-8', '# Grüße')

/** A host that must get no request. */
export const unreachableHost = { port: 1 }
