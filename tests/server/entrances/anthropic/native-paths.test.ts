import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { nativePathOf } from '../../../../src/server/entrances/anthropic/native-paths.ts'

const megabyte = 1024 * 1024

describe('a path', () => {
  test.each([
    ['POST', '/v1/messages', 32, true, 'json'],
    ['POST', '/v1/messages/', 32, true, 'json'],
    ['POST', '/v1/messages/count_tokens', 32, true, 'json'],
    ['POST', '/v1/messages/batches', 256, false, 'json'],
    ['GET', '/v1/messages/batches/msgbatch_1', 256, false, 'json'],
    ['DELETE', '/v1/messages/batches/msgbatch_1', 256, false, 'json'],
    ['POST', '/v1/messages/batches/msgbatch_1/cancel', 256, false, 'json'],
    ['GET', '/v1/messages/batches/msgbatch_1/results', 256, false, 'json'],
    ['GET', '/v1/models', 32, false, undefined],
    ['HEAD', '/v1/models/claude-opus-4-6', 32, false, undefined],
    ['POST', '/v1/files', 500, false, 'multipart'],
    ['GET', '/v1/files/file_1', 500, false, 'multipart'],
    ['GET', '/v1/files/file_1/content', 500, false, 'multipart'],
    ['POST', '/v1/skills/skill_1/versions', 500, false, undefined],
  ] as const)(
    'that is known: %s %s (AU-P1, AU-P2, AU-P3, AU-P4, AU-P5)',
    (method, path, limit, isBuffered, bodyType) => {
      expect(nativePathOf(method, path)).toMatchObject({
        isKnown: true,
        maximumBytes: limit * megabyte,
        isBuffered,
        ...(bodyType && { bodyType }),
      })
    },
  )

  test.each([
    ['GET', '/v1/messages', 'json'],
    ['POST', '/v1/messages/later', 'json'],
    ['POST', '/v1/models', undefined],
    ['PATCH', '/v1/new-thing', undefined],
    ['GET', '/v1/modelsandmore', undefined],
    ['GET', '/v1/messages/batches/a/b/c', 'json'],
    ['GET', '/v1/%C3%BC', undefined],
    ['GET', '/v1/a%20b;c', undefined],
  ] as const)('that is unknown is streamed up to 32 MB: %s %s (AU-P8)', (method, path, bodyType) => {
    expect(nativePathOf(method, path)).toEqual({
      isKnown: false,
      maximumBytes: 32 * megabyte,
      isBuffered: false,
      bodyType,
      ...(method !== 'GET' && { hidesModels: true }),
    })
  })

  test('hides the models of its requests only if this server does not read them (OP-A6)', () => {
    const hides = (method: string, path: string): boolean => nativePathOf(method, path)?.hidesModels === true
    for (const path of ['/v1/messages/batches', '/v1/complete'])
      expect([path, hides('POST', path)]).toEqual([path, true])
    for (const path of ['/v1/messages', '/v1/messages/count_tokens', '/v1/files', '/v1/messages/batches/1/cancel'])
      expect([path, hides('POST', path)]).toEqual([path, false])
    for (const method of ['GET', 'HEAD', 'DELETE']) expect(hides(method, '/v1/messages/batches')).toBe(false)
  })

  test.each([
    '/v1/organizations',
    '/v1/organizations/api_keys',
    '/v1/Organizations/me',
    '/v1/organizations;x',
    '/v1/oauth/token',
    '/V1/OAUTH/token',
    '/v1/environments/1',
  ])('of administration is never forwarded: %s (AU-P7)', (path) => {
    expect(nativePathOf('GET', path)).toBeUndefined()
  })

  test.each([
    'chat/completions',
    'responses',
    'responses/resp_1',
    'completions',
    'embeddings',
    'images/generations',
    'audio/speech',
    'moderations',
    'batches',
    'realtime',
    'assistants',
    'threads/1',
    'vector_stores',
    'fine_tuning/jobs',
    'v1/messages',
  ])('of OpenAI is never forwarded: %s (AU-P6)', (path) => {
    expect(nativePathOf('POST', `/v1/${path}`)).toBeUndefined()
  })

  test.each([
    '/v1//messages',
    '/v1/messages//',
    '/v1/a%2fb',
    '/v1/a%2Fb',
    '/v1/a%5Cb',
    '/v1/a%00',
    '/v1/a%',
    '/v1/a%z',
    '/v1/a%4',
    '/v1/a%zz',
    '/v1/a%F0b',
    '/v1/a%c0%afb',
    '/v1/organiz%61tions',
    '/v1/%2e%2e/messages',
    '/v1/%6Dessages',
    '/v1/a%7e',
    '/v1/a%5F',
    '/v1/a%2d',
    '/v1/a%39',
  ])('with another spelling of a character is never forwarded: %s (AU-P9)', (path) => {
    expect(nativePathOf('POST', path)).toBeUndefined()
  })
})

/** Reads a path like a generous upstream: escapes once, slashes merged, case ignored. */
const generous = (path: string): string => {
  try {
    return decodeURIComponent(path).replaceAll('\\', '/').replace(/\/+/g, '/').toLowerCase()
  } catch {
    return 'invalid'
  }
}

const character = fc.constantFrom(...'/oOrganizations%\\.2fFeE6165aAc0', '%2f', '%61', '%6F', '%00', '%20', '//')
const anyPath = fc.array(character, { maxLength: 24 }).map((parts) => `/v1/${parts.join('')}`)
const disguised = fc
  .constantFrom('organizations', 'oauth', 'environments')
  .chain((name) =>
    fc
      .tuple(...[...name].map((letter) => fc.constantFrom(letter, letter.toUpperCase(), escaped(letter))))
      .map((letters) => `/v1/${letters.join('')}/x`),
  )

function escaped(letter: string): string {
  return `%${letter.charCodeAt(0).toString(16)}`
}

describe('for any path', () => {
  test('no reading of a forwarded one is a path of administration (AU-P7, AU-P9)', () => {
    fc.assert(
      fc.property(fc.oneof(anyPath, disguised), (path) => {
        if (nativePathOf('GET', path) === undefined) return
        expect(generous(path)).not.toMatch(/^\/v1\/(?:organizations|oauth|environments)/)
        expect(generous(path)).not.toBe('invalid')
        expect(decodeURIComponent(path).split('/').length).toBe(path.split('/').length)
      }),
      { numRuns: 5000 },
    )
  })
})
