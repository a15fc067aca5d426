import { describe, expect, test } from 'bun:test'
import { unknownPath } from '../../../../src/server/entrances/openai/unsupported.ts'
import { startNative } from '../../../support/anthropic.ts'
import { defaultConfig, startChain } from '../../../support/chain.ts'

const available = 'Available: POST /v1/chat/completions, POST /v1/responses, GET /v1/models.'

describe('a path of the API that is not here is a 404 that names what is here (OE-M5)', () => {
  test.each([
    '/v1/completions',
    '/v1/embeddings',
    '/v1/images/generations',
    '/v1/audio/speech',
    '/v1/moderations',
    '/v1/files',
    '/v1/files/file_1/content',
    '/v1/batches',
    '/v1/realtime/sessions',
    '/v1/assistants',
    '/v1/threads/thread_1/runs',
    '/v1/vector_stores',
    '/v1/fine_tuning/jobs',
    '/v1/uploads',
    '/v1/conversations',
    '/v1/evals',
    '/openai/v1/embeddings',
    '/openai/embeddings',
    '/v1/chat/completions/chatcmpl-1',
    '/v1/chat/completions/chatcmpl-1/messages',
  ])('%s', async (path) => {
    const response = await fetch(startChain().url + path)
    expect(response.status).toBe(404)
    const { error } = (await response.json()) as { error: { message: string } }
    expect(error).toMatchObject({ type: 'invalid_request_error', param: null, code: 'unsupported_endpoint' })
    expect(error.message).toStartWith(`${path} is not supported. `)
    expect(error.message).toEndWith(available)
  })

  test('an answer says what helps (OE-M5)', () => {
    expect(unknownPath('/v1/embeddings').message).toContain('Claude has no embeddings.')
    expect(unknownPath('/v1/completions').message).toContain('Send a conversation to /v1/chat/completions.')
  })

  test("the log does not get the path's own text (OE-M5)", () => {
    expect(unknownPath('/v1/files/secret').reason).not.toContain('secret')
    expect(unknownPath('/openai/secret').reason).not.toContain('secret')
  })
})

test.each(['/v1/v1/chat/completions', '/v1/v1/responses', '/v1/v1/models', '/openai/v1/v1/models'])(
  '%s names the surplus /v1 (OE-T1)',
  async (path) => {
    const response = await fetch(startChain().url + path, { method: 'POST' })
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({
      error: {
        message: `Unknown path ${path}. Remove one /v1 from the end of the base URL.`,
        type: 'invalid_request_error',
        param: null,
        code: 'unknown_url',
      },
    })
  },
)

test.each([
  '/v1/chat/completions/chat/completions',
  '/v1/chat/completions/responses',
  '/v1/responses/chat/completions',
  '/v1/chat/completions/models',
])('%s says that the base URL contains the path of an endpoint (OE-T1)', async (path) => {
  const response = await fetch(startChain().url + path, { method: 'POST' })
  expect([response.status, await response.json()]).toEqual([
    404,
    {
      error: {
        message: `Unknown path ${path}. Remove the path of the endpoint from the base URL: it ends in /v1.`,
        type: 'invalid_request_error',
        param: null,
        code: 'unknown_url',
      },
    },
  ])
})

test('any other path below /openai is unknown in the same form (OE-E14)', async () => {
  const response = await fetch(`${startChain().url}/openai/v2/nothing`)
  expect([response.status, await response.json()]).toEqual([
    404,
    {
      error: {
        message: `Unknown path /openai/v2/nothing. ${available}`,
        type: 'invalid_request_error',
        param: null,
        code: 'unknown_url',
      },
    },
  ])
})

describe('in front of Anthropic', () => {
  test('these paths are not forwarded, and have the same error (OE-M5, AU-P6)', async () => {
    const { url, received } = startNative(() => Response.json({}))
    for (const path of [
      '/v1/embeddings',
      '/v1/conversations/x',
      '/v1/uploads',
      '/v1/evals',
      '/v1/batches',
      '/openai/v1/files',
      '/v1/chat/completions/x',
    ]) {
      const response = await fetch(url + path)
      expect([path, response.status]).toEqual([path, 404])
      expect(await response.json()).toMatchObject({ error: { code: 'unsupported_endpoint' } })
    }
    expect(received).toEqual([])
  })

  test("files are Anthropic's own (OE-M5, AU-P5)", async () => {
    const { url, received } = startNative(() => Response.json({ data: [] }))
    expect((await fetch(`${url}/v1/files`)).status).toBe(200)
    expect(received.map(({ path }) => path)).toEqual(['/v1/files'])
  })
})

const off = " This server's OpenAI API is off: see openaiEntrance.enabled and --no-openai-api."

test.each([
  ['/v1/embeddings', ''],
  ['/v1/chat/completions', off],
  ['/chat/completions', off],
  ['/responses', off],
  ['/openai/v1/responses', off],
  ['/models', ''],
  ['/openai/v1/models', ''],
])('without this API, %s is an unknown path, with the reason for its two protocols (OE-T1)', async (path, hint) => {
  const openaiEntrance = { ...defaultConfig.openaiEntrance, enabled: false }
  const response = await fetch(startChain({ config: { openaiEntrance } }).url + path, { method: 'POST' })
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({
    type: 'error',
    error: { type: 'not_found_error', message: `Unknown path ${path}.${hint}` },
  })
})
