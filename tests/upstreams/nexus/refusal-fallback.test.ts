import { describe, expect, test } from 'bun:test'
import type { SimulatedModel } from '../../../src/simulator/models.ts'
import type { Reply, SimulatedRequest } from '../../../src/simulator/reply.ts'
import { defaultPolicy } from '../../../src/translate/policy.ts'
import type { MessagesRequest } from '../../../src/wire/anthropic/request.ts'
import { type Chain, type ChainOptions, defaultConfig, request, simulate, startChain } from '../../support/chain.ts'
import { callContext, nexusAt } from '../../support/nexus.ts'
import { readEvents } from '../../support/sse.ts'
import { assistant, cachedText, tool, toolResult, toolUse, user } from '../../support/translate.ts'

/** Retries before the first byte, from observed refusals of Bedrock; remembered per model. */

/** A model that accepts everything: only the scenario refuses. */
const permissiveModel: SimulatedModel = {
  id: 'claude-sonnet-4.6',
  thinking: ['enabled', 'adaptive', 'disabled'],
  effort: ['low', 'medium', 'high', 'max'],
  prefill: true,
  systemMessages: true,
  betas: [
    'context-1m-2025-08-07',
    'context-management-2025-06-27',
    'fine-grained-tool-streaming-2025-05-14',
    'thinking-display-updates-2026-08-18',
  ],
  maxOutputTokens: 128_000,
  window: 200_000,
}

const { translation } = defaultConfig

const refuseUnless =
  (complaint: string, isLacking: (body: SimulatedRequest['body']) => boolean, how: Partial<Reply> = {}) =>
  ({ body }: SimulatedRequest): Reply =>
    isLacking(body)
      ? { content: [{ text: 'Fine.' }] }
      : { error: { status: 400, type: 'ValidationException', message: complaint }, ...how }

const startPermissiveChain = (scenario: ChainOptions['scenario'], more: ChainOptions = {}): Chain =>
  startChain({ scenario: scenario as never, simulator: { models: [permissiveModel] }, ...more })

const contains = (body: object, pattern: RegExp): boolean => pattern.test(JSON.stringify(body))
const modelError = (message: string): string => `The model returned the following errors: ${message}`
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const pdf = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0xLjQK' } }
const searchResult = {
  type: 'search_result',
  source: 'https://s.example',
  title: 'S',
  content: [{ type: 'text', text: 'found' }],
  citations: { enabled: true },
}
const helloMessages = [{ role: 'user', content: [cachedText('Hello')] }]
const displayUpdates = 'thinking-display-updates-2026-08-18'
const toolChoiceNone = { tools: [tool('Bash')], tool_choice: { type: 'none' } }

interface Case {
  /** Of the specification's table. */
  readonly row: string
  readonly name: string
  readonly complaint: string
  /** What the refused request has. */
  readonly members: object
  readonly betas?: string
  /** Must be gone from the second request. */
  readonly gone: RegExp
  readonly without: string
  readonly options?: ChainOptions
  readonly how?: Partial<Reply>
}

const cases: readonly Case[] = [
  {
    row: 'tool members',
    name: 'strict tools',
    complaint: modelError('tools.0.custom.strict: Extra inputs are not permitted'),
    members: { tools: [tool('Bash', { strict: true })] },
    gone: /"strict"/,
    without: 'strict tools',
    options: { config: { translation: { ...translation, strictTools: 'send' } } },
  },
  {
    row: 'additional fields',
    name: 'effort',
    complaint: modelError('output_config.effort: Extra inputs are not permitted'),
    members: { output_config: { effort: 'high' } },
    gone: /effort/,
    without: 'an effort setting',
  },
  {
    row: 'extraneous keys',
    name: 'a schema, by the name that Converse has for it',
    complaint: 'Malformed input request: #: extraneous key [outputConfig] is not permitted, please reformat',
    members: { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
    gone: /outputConfig/,
    without: 'a schema for its answers',
  },
  {
    row: 'unsupported fields',
    name: 'a schema, by its place in Converse',
    complaint:
      "This model doesn't support the outputConfig.textFormat field. Remove outputConfig.textFormat and try again.",
    members: { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
    gone: /outputConfig/,
    without: 'a schema for its answers',
  },
  {
    row: 'additional fields',
    name: 'a schema, by its own',
    complaint: modelError('output_config.format: Extra inputs are not permitted'),
    members: { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
    gone: /outputConfig/,
    without: 'a schema for its answers',
  },
  {
    row: 'extraneous keys',
    name: "thinking's display, by its place",
    complaint: 'Malformed input request: #/thinking: extraneous key [display] is not permitted, please reformat',
    members: { thinking: { type: 'adaptive', display: 'summarized' } },
    gone: /display/,
    without: 'thinking.display',
  },
  {
    row: 'thinking type',
    name: 'adaptive thinking, in other words',
    complaint: modelError("thinking type 'adaptive' is not supported"),
    members: { thinking: { type: 'adaptive' }, max_tokens: 4000 },
    gone: /adaptive/,
    without: "thinking of the type 'adaptive'",
  },
  {
    row: 'additional fields',
    name: "thinking's display",
    complaint: modelError('thinking.adaptive.display: Extra inputs are not permitted'),
    members: { thinking: { type: 'adaptive', display: 'summarized' } },
    gone: /display/,
    without: 'thinking.display',
  },
  {
    row: 'additional fields',
    name: 'context management, and its flag',
    complaint: modelError('context_management: Extra inputs are not permitted'),
    members: { context_management: { edits: [] } },
    betas: 'context-management-2025-06-27',
    gone: /context.management/,
    without: 'context_management',
    options: { config: { translation: { ...translation, betas: ['context-management-2025-06-27'] } } },
  },
  {
    row: 'beta flags',
    name: 'invalid ones',
    complaint: modelError('invalid beta flag'),
    members: {},
    betas: 'context-1m-2025-08-07',
    gone: /anthropic_beta/,
    without: 'the beta flag context-1m-2025-08-07',
  },
  {
    row: 'cache points',
    name: 'K9 prompt caching, by a 403',
    complaint: '',
    members: {},
    gone: /cachePoint/,
    without: 'cache points',
    how: {
      error: {
        status: 403,
        type: 'AccessDeniedException',
        message: 'You invoked an unsupported model or your request did not allow prompt caching.',
      },
    },
  },
  ...['Cache point cannot be inserted after reasoning block.', 'There is nothing available to cache.'].map(
    (complaint): Case => ({
      row: 'cache points',
      name: complaint,
      complaint,
      members: {},
      gone: /cachePoint/,
      without: 'cache points',
    }),
  ),
  {
    row: 'citations',
    name: 'F1 citations for the pages of a PDF, by the model',
    complaint: "This model doesn't support citations.",
    members: { messages: [user('a', pdf)] },
    gone: /citations/,
    without: 'citations',
  },
  ...[
    modelError('messages.0.content.1.document.citations: Extra inputs are not permitted'),
    'Malformed input request: #/messages/0/content/1/document: extraneous key [citations] is not permitted',
    "This model doesn't support the document.citations field. Remove document.citations and try again.",
  ].map(
    (complaint): Case => ({
      row: 'citations',
      name: `F1 citations for the pages of a PDF: ${complaint.slice(0, 24)}`,
      complaint,
      members: { messages: [user('a', pdf)] },
      gone: /citations/,
      without: 'citations',
    }),
  ),
  {
    row: 'citations',
    name: 'F1 citations for the pages of a PDF, by their place',
    complaint: 'Citations are not supported in tool result documents.',
    members: { messages: [user('a'), assistant(toolUse('t')), user(toolResult('t', [pdf]))], tools: [tool('Bash')] },
    gone: /citations/,
    without: 'citations',
  },
  ...[
    modelError(
      "messages.0.content.1: Input tag 'search_result' found using 'type' does not match any of the expected tags",
    ),
    "This model doesn't support the searchResult field. Remove searchResult and try again.",
    "This model doesn't support citations.",
  ].map(
    (complaint): Case => ({
      row: 'citations',
      name: `F1 search results (WS-27): ${complaint.slice(0, 60)}`,
      complaint,
      members: { messages: [user('a', searchResult)] },
      gone: /searchResult/,
      without: 'citations',
    }),
  ),
  {
    row: 'documents',
    name: 'F1 a PDF next to a tool result',
    complaint: modelError(
      'messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: t. Each `tool_use` block must have a corresponding `tool_result` block in the next message.',
    ),
    members: { messages: [user('a'), assistant(toolUse('t')), user(toolResult('t', [pdf]))], tools: [tool('Bash')] },
    gone: /"\}\]\}\},\{"document"|citations/,
    without: 'documents next to tool results',
  },
  {
    row: 'images',
    name: 'an image in a tool result',
    complaint: "This model doesn't support the image field for user messages. Remove image and try again.",
    members: {
      messages: [
        user('a'),
        assistant(toolUse('t')),
        user(toolResult('t', [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } }])),
      ],
      tools: [tool('Bash')],
    },
    gone: /"content":\[\{"image"/,
    without: 'images in tool results',
  },
  {
    row: 'sampling',
    name: 'temperature',
    complaint: modelError('`temperature` is deprecated for this model.'),
    members: { temperature: 0.5 },
    gone: /temperature/,
    without: 'temperature, top_p or top_k',
  },
  {
    row: 'thinking type',
    name: 'thinking with a budget',
    complaint: modelError(
      '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
    ),
    members: { thinking: { type: 'enabled', budget_tokens: 1024 }, max_tokens: 4000 },
    gone: /budget_tokens/,
    without: "thinking of the type 'enabled'",
  },
  {
    row: 'thinking type',
    name: 'adaptive thinking',
    complaint: modelError('adaptive thinking is not supported on this model'),
    members: { thinking: { type: 'adaptive' }, max_tokens: 4000 },
    gone: /adaptive/,
    without: "thinking of the type 'adaptive'",
  },
  {
    row: 'conflicts',
    name: 'a field that Converse has written itself',
    complaint: 'The additional field top_k conflicts with an existing field.',
    members: { top_k: 4 },
    gone: /top_k/,
    without: 'the additional field top_k',
  },
  {
    row: 'values',
    name: "A8 a value of thinking's display",
    complaint: modelError("thinking.adaptive.display: Input should be 'summarized' or 'omitted'"),
    members: { thinking: { type: 'adaptive', display: 'updates' } },
    betas: displayUpdates,
    gone: /updates/,
    without: 'thinking.display other than summarized, omitted',
  },
  {
    row: 'values',
    name: 'A8 an effort: the next lower one goes',
    complaint: modelError("output_config.effort: Input should be 'low', 'medium' or 'high'"),
    members: { output_config: { effort: 'max' } },
    gone: /"effort":"max"/,
    without: 'output_config.effort other than low, medium, high',
  },
  {
    row: 'values',
    name: 'A8 a kind of thinking, by its tag',
    complaint: modelError(
      "thinking: Input tag 'adaptive' found using 'type' does not match any of the expected tags: 'disabled', 'enabled'",
    ),
    members: { thinking: { type: 'adaptive' }, max_tokens: 4000 },
    gone: /adaptive/,
    without: "thinking of the type 'adaptive'",
  },
  {
    row: 'values',
    name: 'A8 a kind of thinking, by its value',
    complaint: modelError("thinking.type: Input should be 'enabled' or 'disabled'"),
    members: { thinking: { type: 'adaptive' }, max_tokens: 4000 },
    gone: /adaptive/,
    without: "thinking of the type 'adaptive'",
  },
  ...[
    modelError('messages.0.content.0.text.cache_control.ephemeral.ttl: Extra inputs are not permitted'),
    modelError("system.0.cache_control.ephemeral.ttl: Input should be '5m'"),
    "1 validation error detected: Value '1h' at 'messages.1.member.content.2.member.cachePoint.ttl' failed to satisfy constraint: Member must satisfy enum value set: [5m]",
  ].map(
    (complaint): Case => ({
      row: 'values',
      name: `A8 the lifetime of a cache point: ${complaint}`,
      complaint,
      members: { messages: [user(cachedText('Hello', '1h'))] },
      gone: /"ttl"/,
      without: 'cache points of an hour',
    }),
  ),
  {
    row: 'cache points',
    name: 'a marker on a block, in words of the model',
    complaint: modelError('messages.0.content.0.text.cache_control: Extra inputs are not permitted'),
    members: {},
    gone: /cachePoint/,
    without: 'cache points',
  },
  {
    row: 'response fields',
    name: 'the request for the stop sequence',
    complaint: 'Value at additionalModelResponseFieldPaths is not valid for this model.',
    members: { stop_sequences: ['END'] },
    gone: /additionalModelResponseFieldPaths/,
    without: 'a request for the stop sequence',
  },
  {
    row: 'tool choice',
    name: 'none, where Converse has written the field itself',
    complaint: 'The additional field tool_choice/type conflicts with an existing field.',
    members: toolChoiceNone,
    gone: /tool_choice|toolConfig/,
    without: 'being kept from its tools',
  },
  {
    row: 'tool choice',
    name: 'a tool choice of none',
    complaint: modelError("tool_choice: Input should be 'auto', 'any' or 'tool'"),
    members: toolChoiceNone,
    gone: /tool_choice|toolConfig/,
    without: 'being kept from its tools',
  },
  {
    row: 'tool choice',
    name: 'a limit to one tool at a time',
    complaint: modelError('tool_choice.disable_parallel_tool_use: Extra inputs are not permitted'),
    members: { tools: [tool('Bash')], tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
    gone: /tool_choice/,
    without: 'a limit to one tool at a time',
  },
]

describe('1.10 a refused optional part', () => {
  for (const { row, name, complaint, members, betas, gone, without, options, how } of cases) {
    test(`1.10 ${row}: ${name}: sent once more without it, remembered, logged once`, async () => {
      const { post, url, simulator, records } = startPermissiveChain(
        refuseUnless(complaint, (body) => !contains(body, gone), how),
        options,
      )
      const headers = betas === undefined ? {} : { 'anthropic-beta': betas }
      const body = request({ messages: helloMessages, ...members })
      expect((await post(body, { headers })).status).toBe(200)
      expect(simulator.journal.map(({ status }) => status)).toEqual([how?.error?.status ?? 400, 200])
      expect(JSON.stringify(simulator.journal[0]?.body)).toMatch(gone)

      const streamed = await post({ ...body, stream: true }, { headers })
      expect((await readEvents(streamed)).at(-1)?.type).toBe('message_stop')
      expect(simulator.journal.length).toBe(3)

      const note = `AI Nexus does not accept ${without} for claude-sonnet-4.6: sending without`
      const health = (await (await fetch(`${url}/health`)).json()) as { degraded: unknown }
      expect(health.degraded).toEqual([{ model: 'claude-sonnet-4.6', without, note }])
      const said = records.filter(({ event }) => event === 'upstream.degraded')
      expect(said.map(({ level, fields }) => [level, fields['what']])).toEqual([['warn', note]])
    })
  }

  test('1.10 a lifetime of one hour becomes five minutes from then on, also with mixed lifetimes (CA-T5)', async () => {
    for (const ttl of ['client', 'mixed'] as const) {
      const { post, simulator } = startChain({
        simulator: { models: [{ ...permissiveModel, cacheLifetimes: ['5m'] }], cache: { minimumTokens: 0 } },
        config: { cache: { ttl } },
      })
      const body = request({ system: [cachedText('Rules.', '1h')], messages: helloMessages })
      const usages: unknown[] = []
      for (let turn = 0; turn < 2; turn += 1) {
        const { usage } = (await (await post(body)).json()) as { usage: { cache_creation: unknown } }
        usages.push(usage.cache_creation)
      }
      expect(simulator.journal.map(({ status }) => status)).toEqual([400, 200, 200])
      expect(simulator.journal.map(({ body: sent }) => contains(sent as object, /"ttl"/))).toEqual([true, false, false])
      expect(usages).toEqual([
        { ephemeral_5m_input_tokens: expect.any(Number), ephemeral_1h_input_tokens: 0 },
        { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      ])
    }
  })

  test('1.10 system role, 1.2.2: as text in the user turn from then on', async () => {
    const bodies: object[] = []
    const { url } = simulate({
      models: [{ ...permissiveModel, id: 'claude-opus-4.8', systemMessages: false }],
      onRequest: ({ body }) => bodies.push(body as object),
    })
    const { nexus } = nexusAt(url, { policy: { ...defaultPolicy, systemMessages: 'native' } })
    const messages = [
      ...helloMessages,
      { role: 'system', content: 'Be brief.' },
      { role: 'assistant', content: 'a' },
      ...helloMessages,
    ]
    const call = callContext(new AbortController().signal, 'claude-opus-4.8')
    for (const _ of [1, 2]) await nexus.message(request({ messages }) as MessagesRequest, call)
    expect(bodies.map((body) => contains(body, /"role":"system"/))).toEqual([true, false, false])
    expect(contains(bodies[2] ?? {}, /<system-reminder>\\nBe brief/)).toBe(true)
    expect(nexus.degraded?.()).toMatchObject([{ without: 'system messages in mid-conversation' }])
  })

  test('1.10 a refusal in the first frame of a stream is handled the same way', async () => {
    const fault = {
      afterFrames: 0,
      kind: 'exception',
      type: 'validationException',
      message: modelError('output_config.effort: Extra inputs are not permitted'),
    } as const
    const scenario = ({ body }: SimulatedRequest): Reply =>
      contains(body, /effort/) ? { content: [], fault } : { content: [{ text: 'Fine.' }] }
    const { post, simulator } = startPermissiveChain(scenario)
    const answer = await post(request({ output_config: { effort: 'low' }, stream: true }))
    expect([answer.status, simulator.journal.length]).toEqual([200, 2])
    expect((await readEvents(answer)).some(({ type }) => type === 'error')).toBe(false)
  })
})

describe('1.10 A8 beta flags that are refused together', () => {
  const [long, fine] = ['context-1m-2025-08-07', 'fine-grained-tool-streaming-2025-05-14']
  const thinking = { type: 'adaptive', display: 'updates' }
  const flagsIn = (body: unknown): string[] =>
    ((body as SimulatedRequest['body']).additionalModelRequestFields?.['anthropic_beta'] as string[] | undefined) ?? []

  /** A model that refuses one of the flags, without naming it. */
  const without = (refused: string, words = modelError('invalid beta flag')) => {
    const { post, url, simulator, records } = startPermissiveChain(
      refuseUnless(words, (body) => !flagsIn(body).includes(refused)),
    )
    return {
      ask: async (...flags: string[]): Promise<number> =>
        (await post(request({ thinking }), { headers: { 'anthropic-beta': flags.join(',') } })).status,
      sent: () => simulator.journal.map(({ body, status }) => [status, ...flagsIn(body)]),
      degraded: async () =>
        ((await (await fetch(`${url}/health`)).json()) as { degraded: { without: string }[] }).degraded.map(
          (one) => one.without,
        ),
      warnings: () => records.filter(({ event }) => event === 'upstream.degraded').length,
    }
  }

  test('1.10 A8 later requests find the refused one, with half of the suspects each', async () => {
    const { ask, sent, degraded, warnings } = without(displayUpdates)
    expect(await ask(long, fine, displayUpdates)).toBe(200)
    expect(await degraded()).toEqual(['a beta flag (later requests find out which)'])
    expect([await ask(long, fine, displayUpdates), await ask(long, fine, displayUpdates)]).toEqual([200, 200])
    expect(sent()).toEqual([[400, long, fine, displayUpdates], [200], [200, long, fine], [200, long, fine]])
    expect(await degraded()).toEqual([`the beta flag ${displayUpdates}`])
    expect(warnings()).toBe(1)
  })

  test('1.10 A8 a refused half is halved again, and accepted flags are sent again', async () => {
    const { ask, sent, degraded } = without(long)
    for (const _ of [1, 2, 3, 4]) expect(await ask(long, fine, displayUpdates)).toBe(200)
    expect(sent()).toEqual([
      [400, long, fine, displayUpdates],
      [200],
      [400, long, fine],
      [200],
      [400, long],
      [200],
      [200, fine, displayUpdates],
    ])
    expect(await degraded()).toEqual([`the beta flag ${long}`])
  })

  test('1.10 A8 flags that were accepted before are not suspects', async () => {
    const { ask, sent, degraded } = without(displayUpdates)
    await ask(long, fine)
    await ask(long, fine, displayUpdates)
    expect(sent().slice(1)).toEqual([
      [400, long, fine, displayUpdates],
      [200, long, fine],
    ])
    expect(await degraded()).toEqual([`the beta flag ${displayUpdates}`])
  })

  test('1.10 A8 a flag that the message names is the refused one', async () => {
    const words = modelError(`Unexpected value(s) \`${fine}\` for the \`anthropic-beta\` header.`)
    const { ask, sent, degraded } = without(fine, words)
    await ask(long, fine)
    expect(sent()).toEqual([
      [400, long, fine],
      [200, long],
    ])
    expect(await degraded()).toEqual([`the beta flag ${fine}`])
  })

  test('A8 the display is dropped with its flag, and no longer sent', async () => {
    const bodies: string[] = []
    const { post } = startPermissiveChain(({ body }: SimulatedRequest): Reply => {
      bodies.push(JSON.stringify(body))
      return flagsIn(body).length === 0 && !contains(body, /updates/)
        ? { content: [{ text: 'Fine.' }] }
        : { error: { status: 400, type: 'ValidationException', message: modelError('invalid beta flag') } }
    })
    for (const _ of [1, 2]) {
      const answer = await post(request({ thinking }), { headers: { 'anthropic-beta': displayUpdates } })
      expect(answer.status).toBe(200)
    }
    expect(bodies.map((body) => body.includes('updates'))).toEqual([true, false, false])
  })
})

describe('1.10 anything else', () => {
  const status = async (complaint: string, members: object): Promise<[number, number, string]> => {
    const { post, simulator } = startPermissiveChain(refuseUnless(complaint, () => false))
    const answer = await post(request({ messages: helloMessages, ...members }))
    return [
      answer.status,
      simulator.journal.length,
      ((await answer.json()) as { error: { message: string } }).error.message,
    ]
  }

  test('1.10 other refusals reach the client', async () => {
    expect(await status('messages.0.content.0.text: no', {})).toEqual([400, 1, 'messages.0.content.0.text: no'])
  })

  test('1.10 F1 a refusal of citations that the client requested reaches the client', async () => {
    const words = "This model doesn't support citations."
    const cited = { ...pdf, citations: { enabled: true } }
    expect(await status(words, { messages: [user('a', cited)] })).toEqual([400, 1, words])
  })

  test('1.10 F1 a result that is really missing does not affect documents', async () => {
    const words = '`tool_use` ids were found without `tool_result` blocks immediately after: t'
    const messages = [user('a', pdf), assistant(toolUse('t')), user(toolResult('t'))]
    const [code, requests] = await status(words, { messages, tools: [tool('Bash')] })
    expect([code, requests]).toEqual([400, 1])
  })

  test('1.10 a part that was not sent cannot be left out', async () => {
    const [code, requests, message] = await status('output_config.effort: Extra inputs are not permitted', {})
    expect([code, requests]).toEqual([400, 1])
    expect(message).toStartWith('capability_rejected: effort_unsupported — ')
  })

  test('1.10 a repeated refusal is passed on, and nothing is remembered', async () => {
    const { post, url, simulator } = startPermissiveChain(refuseUnless('invalid beta flag', () => false))
    const headers = { 'anthropic-beta': 'context-1m-2025-08-07' }
    expect((await post(request(), { headers })).status).toBe(400)
    expect(simulator.journal.length).toBe(2)
    expect(((await (await fetch(`${url}/health`)).json()) as { degraded: unknown }).degraded).toEqual([])
  })

  test('1.10 refusals in a row are handled in one request, which the client does not notice (MX-C3)', async () => {
    const { post, simulator, url } = startChain({ simulator: { profile: 'poor' } })
    const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } }
    const body = request({
      system: [cachedText('Rules.', '1h')],
      messages: [user('a'), assistant(toolUse('t')), user(toolResult('t', [picture]))],
      tools: [tool('Bash')],
      thinking: { type: 'adaptive' },
      output_config: { effort: 'low', format: { type: 'json_schema', schema: { type: 'object' } } },
      max_tokens: 4000,
    })
    const headers = { 'anthropic-beta': 'context-1m-2025-08-07' }
    expect((await post(body, { headers })).status).toBe(200)
    expect((await post({ ...body, stream: true }, { headers })).status).toBe(200)
    expect(simulator.journal.map(({ status }) => status)).toEqual([...Array.from({ length: 6 }, () => 400), 200, 200])
    const { degraded } = (await (await fetch(`${url}/health`)).json()) as { degraded: { without: string }[] }
    expect(degraded.map(({ without }) => without)).toEqual([
      'cache points of an hour',
      'images in tool results',
      "thinking of the type 'adaptive'",
      'an effort setting',
      'a schema for its answers',
      'the beta flag context-1m-2025-08-07',
    ])
    const last = JSON.stringify(simulator.journal.at(-1)?.body)
    for (const kept of ['cachePoint', pixel, '"budget_tokens"', 'Rules.']) expect(last).toContain(kept)
  })

  test('1.10 the seventh refusal in a row reaches the client, and the next request continues from there', async () => {
    const betas = Array.from({ length: 8 }, (_, index) => `feature-2026-01-0${index + 1}`)
    const first = ({ body }: SimulatedRequest): string | undefined => {
      const flags = body.additionalModelRequestFields?.['anthropic_beta']
      return Array.isArray(flags) ? String(flags[0]) : undefined
    }
    const scenario = (sent: SimulatedRequest): Reply => {
      const message = modelError(`Unexpected value(s) \`${first(sent)}\` for the \`anthropic-beta\` header.`)
      return first(sent) === undefined
        ? { content: [{ text: 'Fine.' }] }
        : { error: { status: 400, type: 'ValidationException', message } }
    }
    const { post, simulator } = startPermissiveChain(scenario, {
      config: { translation: { ...translation, betas } },
      simulator: { models: [{ ...permissiveModel, betas }] },
    })
    const headers = { 'anthropic-beta': betas.join(',') }
    expect((await post(request(), { headers })).status).toBe(400)
    expect(simulator.journal.length).toBe(7)
    expect((await post(request(), { headers })).status).toBe(200)
    expect(simulator.journal.length).toBe(10)
  })

  test('1.10 several paths in one message are handled at once', async () => {
    const complaint = modelError(
      'thinking.adaptive.display: Extra inputs are not permitted, output_config.effort: Extra inputs are not permitted',
    )
    const { post, simulator } = startPermissiveChain(
      refuseUnless(complaint, (body) => !contains(body, /display|effort/)),
    )
    const thinking = { type: 'adaptive', display: 'summarized' }
    expect((await post(request({ thinking, output_config: { effort: 'low' } }))).status).toBe(200)
    expect(simulator.journal.length).toBe(2)
  })

  test('1.10 a model that refuses every type of thinking gets requests without it', async () => {
    const kinds = {
      enabled: '"thinking.type.enabled" is not supported for this model.',
      adaptive: 'adaptive thinking is not supported on this model',
    }
    const scenario = ({ body }: SimulatedRequest): Reply => {
      const { type } = (body.additionalModelRequestFields?.['thinking'] ?? {}) as { type?: 'enabled' | 'adaptive' }
      return type === undefined
        ? { content: [{ text: 'Fine.' }] }
        : { error: { status: 400, type: 'ValidationException', message: modelError(kinds[type]) } }
    }
    const { post, simulator } = startPermissiveChain(scenario)
    const ask = (): Promise<Response> => post(request({ thinking: { type: 'adaptive' }, max_tokens: 4000 }))
    const statuses = [(await ask()).status, (await ask()).status, (await ask()).status]
    expect(statuses).toEqual([200, 200, 200])
    expect(simulator.journal.length).toBe(5)
  })

  test('1.10 text that quotes a prompt is not remembered, and not logged', async () => {
    const quoted = 'invalid beta flag; Cache point cannot be inserted; additional field MY_OWN_WORDS conflicts'
    const { post, url, records } = startPermissiveChain(refuseUnless(quoted, () => false))
    const body = request({ messages: helloMessages })
    expect((await post(body, { headers: { 'anthropic-beta': 'context-1m-2025-08-07' } })).status).toBe(400)
    expect(((await (await fetch(`${url}/health`)).json()) as { degraded: unknown }).degraded).toEqual([])
    expect(JSON.stringify(records)).not.toContain('MY_OWN_WORDS')
  })

  test('1.10 cache points: a refused position is forgotten after ten minutes, a missing right is not', async () => {
    for (const [words, status, isPassing] of [
      ['There is nothing available to cache.', 400, true],
      ['your request did not allow prompt caching', 403, false],
    ] as const) {
      const bodies: object[] = []
      const { url } = simulate({
        models: [permissiveModel],
        onRequest: ({ body }) => bodies.push(body as object),
        scenario: ({ body }) =>
          contains(body, /cachePoint/)
            ? {
                error: {
                  status,
                  type: status === 403 ? 'AccessDeniedException' : 'ValidationException',
                  message: words,
                },
              }
            : { content: [{ text: 'Fine.' }] },
      })
      let minutes = 0
      const { nexus } = nexusAt(url, { now: () => minutes * 60_000 })
      const ask = () =>
        nexus.message(
          request({ messages: helloMessages }) as MessagesRequest,
          callContext(new AbortController().signal),
        )
      await ask()
      minutes = 9
      await ask()
      expect(bodies.length).toBe(3)
      minutes = 11
      await ask()
      expect(bodies.length).toBe(isPassing ? 5 : 4)
    }
  })

  test('1.10 a resend is logged, with the request', async () => {
    const { post, records } = startPermissiveChain(
      refuseUnless('output_config.effort: Extra inputs are not permitted', (body) => !contains(body, /effort/)),
    )
    await post(request({ output_config: { effort: 'low' } }))
    const resent = records.find(({ event }) => event === 'upstream.resent')
    expect(resent?.fields).toMatchObject({ requestId: expect.stringMatching(/^req_/), without: 'an effort setting' })
  })

  test('1.10 another process that gets the refusals leaves the parts out at once (MX-D8)', async () => {
    const bodies: object[] = []
    const { url } = simulate({
      models: [permissiveModel],
      onRequest: ({ body }) => bodies.push(body as object),
      scenario: refuseUnless(
        'output_config.effort: Extra inputs are not permitted',
        (body) => !contains(body, /effort/),
      ) as never,
    })
    const ask = (nexus: ReturnType<typeof nexusAt>['nexus']) =>
      nexus.message(
        request({ output_config: { effort: 'low' } }) as MessagesRequest,
        callContext(new AbortController().signal),
      )
    const first = nexusAt(url)
    await ask(first.nexus)
    const learned = first.nexus.refusals?.() ?? []
    expect(learned).toEqual([
      { model: 'claude-sonnet-4.6', what: 'an effort setting', overrides: { capabilities: { effort: [] } } },
    ])
    const { nexus, records } = nexusAt(url, { learned })
    await ask(nexus)
    expect(bodies.map((body) => contains(body, /effort/))).toEqual([true, false, false])
    expect(nexus.degraded?.()).toEqual(first.nexus.degraded?.() ?? [])
    expect(nexus.refusals?.()).toEqual(learned)
    expect(records.map(({ event }) => event)).not.toContain('upstream.degraded')
  })

  test('1.10 another model gets unchanged requests', async () => {
    const { post, simulator } = startChain({
      scenario: ({ modelId, body }) =>
        modelId === 'claude-sonnet-4.6' && contains(body, /cachePoint/)
          ? { error: { status: 400, type: 'ValidationException', message: 'There is nothing available to cache.' } }
          : { content: [{ text: 'Fine.' }] },
    })
    await post(request({ messages: helloMessages }))
    await post(request({ model: 'opus', messages: helloMessages }))
    expect(simulator.journal.map(({ body }) => contains(body as object, /cachePoint/))).toEqual([true, false, true])
  })
})

test('T6 half of a surrogate pair becomes the replacement character, an escaped backslash stays', async () => {
  const { post, simulator } = startChain()
  const cut = '{"text":"a\\ud83d b \\\\ud83d \\\\\\udc00 😀"}'
  const { text } = JSON.parse(cut) as { text: string }
  await post(request({ messages: [{ role: 'user', content: text }] }))
  const [entry] = simulator.journal
  expect(JSON.stringify(entry?.body)).toContain(JSON.stringify(text.toWellFormed()).slice(1, -1))
})
