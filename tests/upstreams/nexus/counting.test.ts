import { describe, expect, test } from 'bun:test'
import { createLogger } from '../../../src/base/logger.ts'
import { countRequest } from '../../../src/simulator/tokens.ts'
import { createTokenCounter } from '../../../src/tokens/counter/token-counter.ts'
import { estimateTokens, toCount } from '../../../src/tokens/estimate/estimate.ts'
import type { CountTokensRequest } from '../../../src/wire/anthropic/request.ts'
import type { ConverseRequest } from '../../../src/wire/converse/request.ts'
import { type Chain, startChain } from '../../support/chain.ts'
import { afterTest } from '../../support/cleanup.ts'
import { callContext, nexusAt } from '../../support/nexus.ts'
import { assistant, image, tool, toolResult, toolUse, user, validBody } from '../../support/translate.ts'

const signal = new AbortController().signal
const prompt = (members: object = {}): CountTokensRequest =>
  ({ model: 'claude-sonnet-4-6', messages: [user('foo')], ...members }) as CountTokensRequest

/** A server that answers every request the same way, and records requests. */
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
  afterTest(() => server.stop(true))
  return { url: `http://127.0.0.1:${server.port}`, paths }
}

const failing = (status: number, type: string, message: string) =>
  answering(() => Response.json({ message }, { status, ...(type !== '' && { headers: { 'x-amzn-errortype': type } }) }))

const count = async ({ post }: Chain, request: CountTokensRequest): Promise<number> => {
  const answer = await post(request, { path: '/v1/messages/count_tokens' })
  expect(answer.status).toBe(200)
  return ((await answer.json()) as { input_tokens: number }).input_tokens
}

const estimated = (request: CountTokensRequest): number => toCount(estimateTokens(request, 'claude-sonnet-4.6'))

const fullRequest = {
  system: 'Be brief.',
  tools: [tool('Bash'), tool('Edit')],
  thinking: { type: 'enabled', budget_tokens: 90_000 },
  messages: [
    user('foo', image()),
    assistant(toolUse('t', 'Bash', { command: 'ls' })),
    user(toolResult('t', [{ type: 'text', text: 'files' }])),
  ],
}

describe("1.9 Nexus's own count", () => {
  test('1.9 is of the prompt that a messages request would send, and of nothing else', async () => {
    const chain = startChain({ simulator: { countTokens: true } })
    const counted = await count(chain, prompt(fullRequest))
    const [entry] = chain.simulator.journal
    const { messages, system, toolConfig, additionalModelRequestFields } = validBody({
      ...fullRequest,
      max_tokens: 100_000,
    })
    expect(entry).toMatchObject({ path: '/model/claude-sonnet-4.6/count-tokens', refusal: undefined, status: 200 })
    expect(entry?.body).toEqual({ input: { converse: { messages, system, toolConfig, additionalModelRequestFields } } })
    expect(counted).toBe(countRequest({ messages, system, toolConfig } as ConverseRequest))
  })

  test('1.9 F1 F3 documents next to tool results are counted as they are sent', async () => {
    const chain = startChain({ simulator: { countTokens: true } })
    const pdf = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0xLjQK' } }
    const rows = { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a,b' } }
    const messages = [user('foo'), assistant(toolUse('t')), user(toolResult('t', [pdf, rows]), rows)]
    const members = { tools: [tool('Bash')], messages }
    await count(chain, prompt(members))
    const [entry] = chain.simulator.journal
    expect([entry?.status, entry?.refusal]).toEqual([200, undefined])
    expect(entry?.body).toMatchObject({ input: { converse: { messages: validBody(members).messages } } })
  })

  test('1.9 of 25 prompts at once: each is counted, and their differences are what parts cost', async () => {
    const chain = startChain({ simulator: { countTokens: true } })
    const tools = Array.from({ length: 24 }, (_, index) => tool(`Tool${index}`))
    const prompts = [prompt(), ...tools.map((one) => prompt({ tools: [one] }))]
    const counts = await Promise.all(prompts.map((one) => count(chain, one)))
    const truths = prompts.map(({ model: _model, ...members }) => countRequest(validBody(members)))
    expect(counts).toEqual(truths)
    expect(chain.simulator.journal.length).toBe(25)
    await Promise.all(prompts.map((one) => count(chain, one)))
    expect(chain.simulator.journal.length).toBe(25)
  })

  test('1.9 is not requested if the setting says so', async () => {
    const chain = startChain({ simulator: { countTokens: true }, config: { countTokens: 'estimate' } })
    expect(await count(chain, prompt())).toBe(estimated(prompt()))
    expect(chain.simulator.journal).toEqual([])
  })
})

describe('1.9 a Nexus that does not count', () => {
  test('1.9 gets at most four requests, for any number of clients, and never again', async () => {
    const chain = startChain()
    const prompts = Array.from({ length: 25 }, (_, index) => prompt({ tools: [tool(`Tool${index}`)] }))
    const estimates = prompts.map(estimated)
    expect(await Promise.all(prompts.map((one) => count(chain, one)))).toEqual(estimates)
    expect(await Promise.all(prompts.map((one) => count(chain, one)))).toEqual(estimates)
    expect(await count(chain, prompt({ model: 'claude-haiku-4-5' }))).toBeGreaterThan(3)
    const outcomes = new Set(chain.simulator.journal.map(({ path, status }) => `${path} ${status}`))
    expect(outcomes).toEqual(new Set(['/model/claude-sonnet-4.6/count-tokens 404']))
    expect(chain.simulator.journal.length).toBeLessThanOrEqual(4)
  })

  test.each([
    ['no such operation', 404, 'UnknownOperationException', 'Unknown operation'],
    ['no such operation, as a bad request', 400, 'com.amazon#UnknownOperationException:http://a/', 'Unknown operation'],
    ['no such path', 404, '', 'Not Found'],
    ['no such method', 405, '', 'Method Not Allowed'],
    ['not built', 501, '', 'Not Implemented'],
    ['not allowed', 403, 'AccessDeniedException', 'User is not authorized to perform: bedrock:CountTokens'],
  ])('1.9 for all models: %s', async (_, status, type, message) => {
    const { url, paths } = failing(status, type, message)
    const { nexus } = nexusAt(url)
    for (const modelId of ['claude-sonnet-4.6', 'claude-sonnet-4.6', 'claude-haiku-4.5'])
      await expect(nexus.countTokens?.(prompt(), callContext(signal, modelId))).rejects.toMatchObject({
        type: 'not_supported',
      })
    expect(paths).toEqual(['/model/claude-sonnet-4.6/count-tokens'])
  })

  test.each([
    ['not for it', 400, 'ValidationException', "The provided model doesn't support counting tokens."],
    ['not here', 400, 'ValidationException', 'CountTokens is not supported in this region.'],
    ['not yet', 400, '', 'Token counting is not yet available.'],
    ['not by the operation', 400, 'ValidationException', 'The requested operation is not supported.'],
    ['not by this id', 400, 'ValidationException', 'The provided model identifier is invalid.'],
    ['no access', 403, 'AccessDeniedException', "You don't have access to the model with the specified model ID."],
    ['gone', 404, 'ResourceNotFoundException', 'Could not resolve it.'],
  ])('1.9 for one model: %s', async (_, status, type, message) => {
    const { url, paths } = failing(status, type, message)
    const { nexus } = nexusAt(url)
    for (const modelId of ['claude-sonnet-4.6', 'claude-haiku-4.5'])
      await expect(nexus.countTokens?.(prompt(), callContext(signal, modelId))).rejects.toMatchObject({
        type: 'not_supported',
      })
    expect(paths.length).toBe(2)
  })

  test.each([
    ['throttled', 429, 'ThrottlingException', 'Too many requests', 'rate_limit_error'],
    ['failed', 500, 'InternalServerException', 'It failed.', 'api_error'],
    ['busy', 503, 'ServiceUnavailableException', 'Later.', 'overloaded_error'],
    ['refused', 400, 'ValidationException', 'tool_choice is not supported while thinking.', 'invalid_request_error'],
    ['an account', 400, 'ValidationException', 'This account does not support that.', 'invalid_request_error'],
    [
      'a tool by its name',
      400,
      'ValidationException',
      "Value 'account_support_lookup' at 'toolConfig.tools.1.member.toolSpec.name' failed to satisfy constraint",
      'invalid_request_error',
    ],
    [
      'words of the prompt',
      400,
      'ValidationException',
      "messages.0: \"CountTokens is not supported\" doesn't match 'count tokens: not supported'. That isn't valid.",
      'invalid_request_error',
    ],
    [
      'too many of something',
      400,
      'ValidationException',
      'The count of tools is 200. More than 128 are not supported.',
      'invalid_request_error',
    ],
    ['a bad key', 403, 'UnrecognizedClientException', 'The security token is invalid.', 'authentication_error'],
  ])('1.9 this time only: %s', async (_, status, type, message, expected) => {
    const { url, paths } = failing(status, type, message)
    const { nexus } = nexusAt(url)
    for (let tries = 0; tries < 2; tries += 1)
      await expect(nexus.countTokens?.(prompt(), callContext(signal))).rejects.toMatchObject({ type: expected })
    expect(paths.length).toBe(2)
  })

  test('1.9 a 200 without a count is a failure', async () => {
    for (const body of ['<html>', '[]', '{}', '{"inputTokens":"8"}', '{"inputTokens":0}', '{"inputTokens":1.5}']) {
      const { url } = answering(() => new Response(body))
      await expect(nexusAt(url).nexus.countTokens?.(prompt(), callContext(signal))).rejects.toMatchObject({
        status: 502,
      })
    }
  })

  test('1.9 that does not answer delays a client only up to the time limit', async () => {
    const silent = answering(() => new Promise<Response>(() => {}))
    const { nexus } = nexusAt(silent.url)
    const log = createLogger('silent', () => {})
    const { count: ask } = createTokenCounter({ upstream: nexus, log, now: () => 0, defer: () => {}, limitMs: 50 })
    const prompts = Array.from({ length: 5 }, (_, index) => prompt({ system: `${index}` }))
    expect(await Promise.all(prompts.map((one) => ask(one, callContext(signal))))).toEqual(prompts.map(estimated))
    // All waited for one burst, and the upstream gets no more requests for a while.
    expect(await ask(prompt(), callContext(signal))).toBe(estimated(prompt()))
    expect(silent.paths.length).toBe(4)
  })
})
