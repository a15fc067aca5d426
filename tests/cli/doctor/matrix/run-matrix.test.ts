import { describe, expect, test } from 'bun:test'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { capabilitiesPath } from '../../../../src/config/paths.ts'
import type { JournalEntry } from '../../../../src/simulator/exchange.ts'
import type { Reply, Scenario } from '../../../../src/simulator/reply.ts'
import type { SimulatorOptions } from '../../../../src/simulator/server.ts'
import type { ConverseRequest } from '../../../../src/wire/converse/request.ts'
import { key } from '../../../support/canary.ts'
import { simulate } from '../../../support/chain.ts'
import { type CliOptions, cli, startCli, temporaryFolder, testIo } from '../../../support/cli.ts'
import { errorReply, keyVariable, withClaude } from '../../../support/doctor.ts'
import { rawServer } from '../../../support/raw-server.ts'

interface JsonCell {
  readonly status: string
  readonly error?: string
  readonly reason?: string
  readonly requestIds?: readonly string[]
}

interface JsonReport {
  readonly features: readonly {
    readonly id: string
    readonly providers: { readonly nexus: JsonCell }
    readonly versions: Readonly<Record<string, { readonly nexus: JsonCell }>>
    readonly models: Readonly<Record<string, JsonCell>>
  }[]
  readonly requests: number
  readonly tokens: number
  readonly stopped: string | null
}

const accountId = '123456789012'
const uuid = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/

/** One model, so that each request has one reason. */
const oneModel = ['--model', 'sonnet', '--small-model', 'sonnet']

const nexus = (options: SimulatorOptions = {}) => {
  const journal: JournalEntry[] = []
  const { url } = simulate({ countTokens: true, ...options, onRequest: (entry) => journal.push(entry) })
  return { url, journal, bodies: () => journal.map(({ body }) => body as ConverseRequest) }
}

const run = (url: string, args: readonly string[] = [], folder = temporaryFolder(), options: CliOptions = {}) =>
  cli(['doctor', '--matrix', '--endpoint-url', url, ...oneModel, ...args], keyVariable, folder, options)

const reportOf = async (url: string, args: readonly string[] = [], folder?: string) => {
  const { code, out, err } = await run(url, ['--yes', '--json', ...args], folder)
  const report = JSON.parse(out) as JsonReport
  const cells = Object.fromEntries(report.features.map(({ id, providers }) => [id, providers.nexus]))
  const statuses = Object.fromEntries(Object.entries(cells).map(([id, { status }]) => [id, status]))
  return { code, out, err, report, cells, statuses }
}

const whenRequest =
  (matches: (body: ConverseRequest) => boolean, reply: Reply): Scenario =>
  ({ body }) =>
    matches(body) ? reply : undefined

const passing = {
  basic_messaging_non_streaming: 'pass',
  basic_messaging_streaming: 'pass',
  thinking: 'pass',
  prompt_caching_5m: 'pass',
  vision: 'pass',
  pdf_input: 'pass',
  long_context_1m: 'pass',
  tool_use: 'pass',
  tool_search: 'pass',
  forced_tool: 'pass',
  prompt_caching_1h: 'pass',
  structured_outputs: 'pass',
  count_tokens: 'pass',
  effort_levels: 'pass',
  mcp_image_result: 'pass',
  first_request_system_role: 'not_applicable',
  max_tokens_overflow: 'pass',
  web_search: 'not_tested',
  sign_in: 'not_tested',
  silence_300s: 'not_tested',
  mid_stream_failure: 'not_tested',
  throttle_24_agents: 'not_tested',
}

describe('before the first request (MX-D1)', () => {
  test('names the number of requests, and sends exactly so many to a Nexus that refuses nothing', async () => {
    const { url, journal } = nexus()
    const { err, report } = await reportOf(url)
    expect(err.replaceAll('\n', ' ')).toContain(
      `sends ${journal.length} requests to AI Nexus at ${url}, for claude-sonnet-4-6: at most`,
    )
    expect(report.requests).toBe(journal.length)
    expect(journal.length).toBeLessThanOrEqual(30)
  })

  test('bounds the tokens: an ordinary run uses fewer', async () => {
    const { url } = nexus()
    const { err, report } = await reportOf(url)
    const [, bound = ''] = /at most ([\d,]+)\s+tokens/.exec(err) ?? []
    expect(report.tokens).toBeGreaterThan(0)
    expect(report.tokens).toBeLessThanOrEqual(Number(bound.replaceAll(',', '')))
  })

  test('names the price, if the configuration has prices', async () => {
    const folder = temporaryFolder()
    const config = join(folder, 'config.json')
    writeFileSync(config, JSON.stringify({ currency: 'EUR', prices: { sonnet: { input: 3, output: 15 } } }))
    const { url } = nexus()
    const { err } = await run(url, ['--yes', '--config', config], folder)
    expect(err.replaceAll('\n', ' ')).toMatch(/at most [\d,]+ tokens, 0\.\d{4} EUR\./)
  })

  test('without a terminal and --yes, sends nothing and exits with 2', async () => {
    const { url, journal } = nexus()
    const { code, err } = await run(url)
    expect([code, journal.length]).toEqual([2, 0])
    expect(err).toContain('Pass --yes.')
  })

  test.each([
    ['no', 0],
    ['yes', 24],
  ])('with the answer %s, sends %i requests', async (answer, requests) => {
    const { url, journal } = nexus()
    const questions: string[] = []
    const prompts = {
      secret: async () => undefined,
      choose: async (question: string) => {
        questions.push(question)
        return answer
      },
    } as unknown as NonNullable<CliOptions['prompts']>
    await run(url, [], temporaryFolder(), { prompts })
    expect(questions.length).toBe(1)
    expect(journal.length).toBe(requests)
  })

  test('sends at most 30 requests for a model: the last row is not tested with a Nexus that refuses much', async () => {
    const { url, journal } = nexus({
      profile: 'poor',
      scenario: whenRequest(
        (body) => JSON.stringify(body).includes('"citations"'),
        errorReply('citations are not supported'),
      ),
    })
    const { code, report, cells } = await reportOf(url, ['--model', 'opus', '--small-model', 'opus'])
    expect(journal.length).toBe(30)
    expect(report.requests).toBe(30)
    expect(cells['pdf_input']?.reason).toBe('works without citations. AI Nexus: citations are not supported')
    expect(cells['forced_tool']).toEqual({ status: 'not_tested', reason: 'the limit of 30 requests is reached' })
    expect([code, report.stopped]).toEqual([0, null])
  })
})

describe('the requests (MX-D2)', () => {
  test('start no Claude Code, and ask for 16 to 64 tokens, except for a thought and the wrong limit', async () => {
    const marker = join(temporaryFolder(), 'started')
    const { PATH } = withClaude(`touch ${marker}`)
    const { url, bodies } = nexus()
    await cli(['doctor', '--matrix', '--yes', '--endpoint-url', url, ...oneModel], { ...keyVariable, PATH })
    expect(existsSync(marker)).toBe(false)
    const limits = bodies().map(({ inferenceConfig }) => inferenceConfig?.maxTokens)
    const others = limits.filter((limit) => limit !== undefined && (limit < 16 || limit > 64))
    expect(others).toEqual([1040, 1040, 10_000_000])
  })

  test('have the forms of the three versions', async () => {
    const { url, bodies } = nexus()
    const { report } = await reportOf(url)
    const first = bodies().slice(0, 4)
    // The first one is not a stream, but has the newest form.
    expect(first.map(({ messages }) => messages[0]?.content.filter((block) => 'text' in block).length)).toEqual([
      9, 4, 5, 9,
    ])
    const displays = first.map(({ additionalModelRequestFields }) =>
      JSON.stringify(additionalModelRequestFields?.['thinking']),
    )
    expect(displays.map((thinking) => thinking?.includes('updates'))).toEqual([true, false, false, true])
    const streaming = report.features.find(({ id }) => id === 'basic_messaging_streaming')
    expect(streaming?.versions).toEqual({
      '2.1.197': { nexus: { status: 'pass' } },
      '2.1.265': { nexus: { status: 'pass' } },
    })
  })
})

describe('the rows (MX-D3, MX-D4)', () => {
  test('pass with a strict Nexus; what needs the simulator is not tested', async () => {
    const { url } = nexus()
    const { code, statuses, cells } = await reportOf(url)
    expect(statuses).toEqual(passing)
    expect(code).toBe(0)
    expect(cells['web_search']).toEqual({ status: 'not_tested', reason: 'simulator only' })
  })

  test('show what a poor Nexus refuses, with its words', async () => {
    const { url } = nexus({ profile: 'poor' })
    const { code, statuses, cells } = await reportOf(url)
    expect(statuses).toEqual({
      ...passing,
      basic_messaging_non_streaming: 'healed',
      basic_messaging_streaming: 'healed',
      thinking: 'healed',
      prompt_caching_1h: 'healed',
      long_context_1m: 'healed',
      structured_outputs: 'healed',
      effort_levels: 'healed',
      count_tokens: 'healed',
      mcp_image_result: 'healed',
    })
    expect(cells['effort_levels']).toEqual({
      status: 'healed',
      reason: 'works without an effort setting. AI Nexus: output_config.effort: Extra inputs are not permitted',
    })
    expect(cells['mcp_image_result']?.reason).toStartWith('works without images in tool results. AI Nexus: This model')
    expect(code).toBe(0)
  })

  test('do not count a Nexus as broken that accepts more than Bedrock', async () => {
    const { url } = nexus({ profile: 'lenient' })
    const { code, statuses } = await reportOf(url)
    expect(statuses).toEqual({ ...passing, max_tokens_overflow: 'not_applicable' })
    expect(code).toBe(0)
  })

  test('are for the models that the configuration names, and fail if one of them fails', async () => {
    const { url } = nexus({
      scenario: ({ modelId, body }) =>
        modelId.includes('haiku') && JSON.stringify(body).includes('"document"')
          ? errorReply('Could not process the document.')
          : undefined,
    })
    const { code, cells, report } = await reportOf(url, ['--small-model', 'haiku'])
    expect(cells['pdf_input']).toEqual({
      status: 'fail',
      error: 'claude-haiku-4-5: AI Nexus: Could not process the document.',
    })
    expect(report.features.find(({ id }) => id === 'pdf_input')?.models).toMatchObject({
      'claude-sonnet-4-6': { status: 'pass' },
      'claude-haiku-4-5': { status: 'fail' },
    })
    expect(cells['effort_levels']?.status).toBe('pass')
    expect(code).toBe(1)
  })

  test('ask for both lifetimes of the cache, whatever the configuration prefers', async () => {
    const { url } = nexus()
    expect((await reportOf(url, ['--cache-ttl', '5m'])).statuses['prompt_caching_1h']).toBe('pass')
  })

  test.each([
    [
      'a tool is not called',
      'tool_use',
      { content: [{ text: '7' }] },
      (body: ConverseRequest) => body.toolConfig?.toolChoice !== undefined,
    ],
    [
      'nothing is read from the cache',
      'prompt_caching_5m',
      { evictsCache: true },
      (body: ConverseRequest) => (body.system ?? []).some((part) => 'cachePoint' in part),
    ],
    [
      'the answer has another form',
      'structured_outputs',
      { content: [{ text: 'seven' }] },
      (body: ConverseRequest) => body.outputConfig !== undefined,
    ],
  ] as const)('fail if %s', async (_, id, reply, matches) => {
    const { url } = nexus({ scenario: whenRequest(matches, reply as Reply) })
    expect((await reportOf(url)).statuses[id]).toBe('fail')
  })

  test('fail if a stream is cut, and the other rows go on', async () => {
    const { url } = nexus({
      scenario: ({ isStream }) =>
        isStream ? { content: [{ text: '1 2 3' }], fault: { afterFrames: 2, kind: 'cut' } } : undefined,
    })
    const { statuses, report } = await reportOf(url)
    expect(statuses['basic_messaging_streaming']).toBe('fail')
    expect(statuses['basic_messaging_non_streaming']).toBe('pass')
    expect(report.stopped).not.toBe('interrupted')
  })

  test('show a Nexus that is busy for one row as not tested', async () => {
    const { url } = nexus({
      scenario: ({ body }) =>
        JSON.stringify(body).includes('"document"')
          ? errorReply('Too many requests', 429, 'ThrottlingException')
          : undefined,
    })
    const { cells, code } = await reportOf(url)
    expect(cells['pdf_input']).toEqual({ status: 'not_tested', reason: 'AI Nexus was busy' })
    expect(code).toBe(0)
  })
})

describe('it stops (MX-D5)', () => {
  const always = (status: number, type: string): SimulatorOptions => ({
    scenario: () => errorReply('No.', status, type),
  })

  test.each([
    ['401', 1, 'AI Nexus answered 401', always(401, 'UnrecognizedClientException')],
    ['403', 1, 'AI Nexus answered 403', always(403, 'AccessDeniedException')],
    ['three 429 in a row', 3, 'AI Nexus answered 429 to 3 requests in a row', always(429, 'ThrottlingException')],
    ['three failures in a row', 3, 'AI Nexus failed 3 times in a row', always(500, 'InternalServerException')],
  ])('at %s, after %i requests, with what it has', async (_, requests, reason, options) => {
    const { url, journal } = nexus(options)
    const { code, report, cells } = await reportOf(url)
    expect([code, journal.length, report.stopped]).toEqual([1, requests, reason])
    expect(cells['vision']).toEqual({ status: 'not_tested', reason })
  })

  test('at a Nexus that never answers, after three timeouts', async () => {
    const { url, count } = await rawServer(() => {})
    const { code, report } = await reportOf(url, ['--timeout', '1'])
    expect([code, count(), report.stopped]).toEqual([1, 3, 'AI Nexus failed 3 times in a row'])
  })

  test('at a wrong key', async () => {
    const { url, journal } = nexus({ apiKey: 'another-key' })
    const { code, report } = await reportOf(url)
    expect([code, journal.length, report.stopped]).toEqual([1, 1, 'AI Nexus answered 401'])
  })

  test('not at two 429 with an answer between them', async () => {
    let requests = 0
    const { url } = nexus({
      scenario: () => {
        requests += 1
        return requests % 3 === 0 ? undefined : errorReply('Too many requests', 429, 'ThrottlingException')
      },
    })
    expect((await reportOf(url)).report.stopped).toBeNull()
  })

  test('at the limit of tokens', async () => {
    const { url, journal } = nexus({
      scenario: () => ({
        content: [{ text: 'OK' }],
        usage: { inputTokens: 1_000_000, outputTokens: 1, totalTokens: 1_000_001 },
      }),
    })
    const { code, report } = await reportOf(url)
    expect([code, journal.length]).toEqual([1, 1])
    expect(report.stopped).toMatch(/^the limit of [\d,]+ tokens is reached$/)
  })

  test('at Ctrl-C, and prints the table', async () => {
    const { promise: arrived, resolve } = Promise.withResolvers<void>()
    const { url } = await rawServer(() => resolve())
    const program = startCli(['doctor', '--matrix', '--yes', '--endpoint-url', url, ...oneModel], keyVariable)
    await arrived
    program.kill('SIGINT')
    const { code, out } = await program.ended
    expect(code).toBe(1)
    expect(out).toContain('Stopped: interrupted.')
    expect(out).toMatch(/vision +\S+ +not_tested\n +interrupted/)
  })
})

describe('the JSON for maintainers (MX-D7)', () => {
  const words = `The role arn:aws:iam::${accountId}:role/x of account ${accountId} may not read ${crypto.randomUUID()} with ${key}`
  const quoting = () =>
    nexus({ scenario: whenRequest((body) => JSON.stringify(body).includes('"document"'), errorReply(words)) })

  test('has the members of the matrix, and the host only as a hash', async () => {
    const { url } = nexus()
    const { out, report } = await reportOf(url)
    expect(report).toMatchObject({
      schema_version: '1.0',
      providers: ['nexus'],
      claude_code_version: '2.1.332',
      versions: [
        { version: '2.1.197', role: 'oldest' },
        { version: '2.1.265', role: 'middle' },
        { version: '2.1.332', role: 'newest' },
      ],
      models: ['claude-sonnet-4-6'],
      flaky: 0,
      stopped: null,
      nexus: { host: expect.stringMatching(/^sha256:[\da-f]{16}$/) },
    })
    expect(out).not.toContain(new URL(url).host)
  })

  test('has no key, no account and no id of a request', async () => {
    const { out, cells } = await reportOf(quoting().url)
    expect(cells['pdf_input']?.error).toBe(
      'AI Nexus: The role <arn> of account <account> may not read <id> with [redacted]',
    )
    expect([key, accountId].filter((secret) => out.includes(secret))).toEqual([])
    expect(uuid.test(out)).toBe(false)
  })

  test('has the ids of requests with --with-ids', async () => {
    const { out, cells } = await reportOf(quoting().url, ['--with-ids'])
    expect(cells['vision']?.requestIds).toEqual([expect.stringMatching(uuid)])
    expect(cells['pdf_input']?.error).toMatch(uuid)
    expect([key, accountId].filter((secret) => out.includes(secret))).toEqual([])
  })
})

describe('what it learns (MX-D8)', () => {
  const fileIn = (folder: string) => capabilitiesPath(testIo({ home: folder }).machine)

  test('is forgotten without --learn', async () => {
    const folder = temporaryFolder()
    await reportOf(nexus({ profile: 'poor' }).url, [], folder)
    expect(existsSync(fileIn(folder))).toBe(false)
  })

  test('is kept with --learn, for the next starts of the server', async () => {
    const folder = temporaryFolder()
    const { err } = await reportOf(nexus({ profile: 'poor' }).url, ['--learn'], folder)
    const file = readFileSync(fileIn(folder), 'utf8')
    expect(file).toContain('"what": "an effort setting"')
    expect(file).toContain('"what": "cache points of an hour"')
    expect(err.replaceAll('\n', ' ')).toContain('from its next start on:')
  })

  test('names the file that cannot be written', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'no-folder')
    writeFileSync(file, '')
    const { url } = nexus()
    const args = ['doctor', '--matrix', '--yes', '--learn', '--endpoint-url', url, ...oneModel]
    const { code, out, err } = await cli(args, { ...keyVariable, XDG_STATE_HOME: file }, folder)
    expect(code).toBe(2)
    expect(out).toContain('vision')
    expect(err).toContain(`Cannot write ${join(file, 'nexus-claude-api', 'capabilities.json')} (ENOTDIR)`)
  })

  test('is not kept after a stop, which has seen only a part', async () => {
    const folder = temporaryFolder()
    const { err } = await reportOf(nexus({ apiKey: 'another-key' }).url, ['--learn'], folder)
    expect(existsSync(fileIn(folder))).toBe(false)
    expect(err).toContain('Nothing is learned from a run that has stopped.')
  })
})

describe('wrong use exits with 2 and sends nothing (MX-D9)', () => {
  const openAi = ['--upstream', 'openai', '--openai-url', 'http://127.0.0.1:1/v1']
  test.each([
    ['--offline', ['--matrix', '--offline', '--yes'], '--offline sends none'],
    ['another upstream', [...openAi, '--matrix', '--yes'], 'the upstream is openai'],
    ['--learn from a simulator', ['--matrix', '--simulate', '--learn'], 'not what a simulated one refuses'],
    ['--yes alone', ['--yes'], '--yes needs --matrix'],
    ['--learn alone', ['--learn'], '--learn needs --matrix'],
    ['--with-ids alone', ['--with-ids'], '--with-ids needs --matrix'],
    ['a wrong value', ['--matrix', '--yes', '--port', 'x'], '--port'],
  ])('%s', async (_, args, words) => {
    const { url, journal } = nexus()
    const { code, err } = await cli(['doctor', '--endpoint-url', url, ...args], keyVariable)
    expect([code, journal.length]).toEqual([2, 0])
    expect(err.replaceAll('\n', ' ')).toContain(words)
  })

  test('no key', async () => {
    const { url, journal } = nexus()
    const { code } = await cli(['doctor', '--matrix', '--yes', '--endpoint-url', url])
    expect([code, journal.length]).toEqual([2, 0])
  })
})

test('a newcomer asks a simulate program on this machine', async () => {
  const simulator = startCli(['simulate', '--port', '0'])
  const [, url = ''] = await simulator.says(/at (http:\S+)\. Use it with/)
  const { code, out } = await run(url, ['--yes'])
  expect(out).toMatch(/vision +\S+ +pass\n/)
  expect(out).toMatch(/count_tokens +\S+ +healed\n/)
  expect(code).toBe(0)
  simulator.kill('SIGTERM')
  await simulator.ended
})

test('a newcomer tries it with --simulate, without a key and a question', async () => {
  const { code, out, err } = await cli(['doctor', '--matrix', '--simulate'])
  expect(err).toContain('AI Nexus, simulated')
  expect(out).toMatch(/vision +\S+ +pass\n/)
  expect(code).toBe(0)
})
