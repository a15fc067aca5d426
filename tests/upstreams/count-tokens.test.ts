import { describe, expect, test } from 'bun:test'
import type { CountTokensRequest } from '../../src/wire/anthropic/request.ts'
import { later } from '../support/cleanup.ts'
import { context, nexusAt } from '../support/nexus.ts'
import { user } from '../support/translate.ts'

const signal = new AbortController().signal
const prompt = (members: object = {}): CountTokensRequest =>
  ({ model: 'claude-sonnet-4-6', messages: [user('foo')], ...members }) as CountTokensRequest

/** Somebody who answers everything alike, and remembers what was asked. */
const answering = (answer: () => Response | Promise<Response>) => {
  const paths: string[] = []
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch(request) {
      paths.push(new URL(request.url).pathname)
      return answer()
    },
  })
  later(() => server.stop(true))
  return { url: `http://127.0.0.1:${server.port}`, paths }
}

const failing = (status: number, type: string, message: string) =>
  answering(() => Response.json({ message }, { status, ...(type !== '' && { headers: { 'x-amzn-errortype': type } }) }))

describe('1.9 a Nexus that does not count', () => {
  test.each([
    ['no such operation', 404, 'UnknownOperationException', 'Unknown operation'],
    ['no such operation, as a bad request', 400, 'com.amazon#UnknownOperationException:http://a/', 'Unknown operation'],
    ['no such path', 404, '', 'Not Found'],
    ['no such method', 405, '', 'Method Not Allowed'],
    ['not built', 501, '', 'Not Implemented'],
    ['not allowed', 403, 'AccessDeniedException', 'User is not authorized to perform: bedrock:CountTokens'],
    ['counting not supported', 400, 'ValidationException', 'CountTokens is not supported in this region.'],
  ])('1.9 for anybody: %s', async (_, status, type, message) => {
    const { url, paths } = failing(status, type, message)
    const { nexus } = nexusAt(url)
    for (const modelId of ['claude-sonnet-4.6', 'claude-sonnet-4.6', 'claude-haiku-4.5'])
      await expect(nexus.countTokens?.(prompt(), context(signal, modelId))).rejects.toMatchObject({
        type: 'not_supported',
      })
    expect(paths).toEqual(['/model/claude-sonnet-4.6/count-tokens'])
  })

  test.each([
    ['not for it', 400, 'ValidationException', "The provided model doesn't support counting tokens."],
    ['not by this id', 400, 'ValidationException', 'The provided model identifier is invalid.'],
    ['no access', 403, 'AccessDeniedException', "You don't have access to the model with the specified model ID."],
    ['gone', 404, 'ResourceNotFoundException', 'Could not resolve it.'],
  ])('1.9 for one model: %s', async (_, status, type, message) => {
    const { url, paths } = failing(status, type, message)
    const { nexus } = nexusAt(url)
    for (const modelId of ['claude-sonnet-4.6', 'claude-haiku-4.5'])
      await expect(nexus.countTokens?.(prompt(), context(signal, modelId))).rejects.toMatchObject({
        type: 'not_supported',
      })
    expect(paths.length).toBe(2)
  })

  test.each([
    ['throttled', 429, 'ThrottlingException', 'Too many requests', 'rate_limit_error'],
    ['failed', 500, 'InternalServerException', 'It failed.', 'api_error'],
    ['busy', 503, 'ServiceUnavailableException', 'Later.', 'overloaded_error'],
    ['refused', 400, 'ValidationException', 'tool_choice is not supported while thinking.', 'invalid_request_error'],
    ['a bad key', 403, 'UnrecognizedClientException', 'The security token is invalid.', 'authentication_error'],
  ])('1.9 this time only: %s', async (_, status, type, message, expected) => {
    const { url, paths } = failing(status, type, message)
    const { nexus } = nexusAt(url)
    for (let tries = 0; tries < 2; tries += 1)
      await expect(nexus.countTokens?.(prompt(), context(signal))).rejects.toMatchObject({ type: expected })
    expect(paths.length).toBe(2)
  })

  test('1.9 a 200 that holds no count is a failure', async () => {
    for (const body of ['<html>', '[]', '{}', '{"inputTokens":"8"}', '{"inputTokens":0}', '{"inputTokens":1.5}']) {
      const { url } = answering(() => new Response(body))
      await expect(nexusAt(url).nexus.countTokens?.(prompt(), context(signal))).rejects.toMatchObject({
        status: 502,
      })
    }
  })
})
