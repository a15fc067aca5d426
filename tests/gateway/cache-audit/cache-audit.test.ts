import { describe, expect, test } from 'bun:test'
import { marker, startAudited, text, turnOf, user } from '../../support/audited-session.ts'
import { type Break, breaks, distortionOf } from '../../support/broken-translation.ts'

const minute = 60_000
const first = turnOf(['Begin.'])
const second = turnOf(['Begin.', 'Done.', 'Go on.'])

/** The class of a second request in the same session. */
const classAfter = async (changed: object, milliseconds = minute): Promise<string | undefined> => {
  const session = startAudited()
  await session.ask(first)
  session.wait(milliseconds)
  return (await session.ask(changed)).cacheClass
}

describe('the audit of the prompt cache, through the whole server', () => {
  test('CA-C3 CA-C4 CA-L2 a session is cold once, then it hits', async () => {
    const session = startAudited()
    const records = [
      await session.ask(first),
      await session.ask(second),
      await session.ask({ ...second, stream: true }),
    ]
    expect(records.map(({ cacheClass }) => cacheClass)).toEqual(['cold', 'hit', 'hit'])
    const [cold, hit] = records
    expect(cold).toMatchObject({ cacheExpectedTokens: 0, cacheMissedTokens: 0, cacheReachUnits: 0 })
    expect(hit).toMatchObject({
      cacheExpectedTokens: cold?.usage?.cache_creation_input_tokens,
      cacheMissedTokens: 0,
      cacheReachUnits: 4,
    })
    expect(session.logged).toEqual([])
  })

  test('CA-C5 it names what the client has changed', async () => {
    const otherTools = turnOf(['Begin.', 'Done.', 'Go on.'], { tools: [] })
    const otherSystem = turnOf(['Begin.', 'Done.', 'Go on.'], {
      system: [text('Another agent.', { cache_control: marker })],
    })
    expect(await classAfter(otherTools)).toBe('tools_changed')
    expect(await classAfter(otherSystem)).toBe('system_changed')
  })

  test('CA-C5 marker_gone: the client no longer marks the end of the conversation', async () => {
    const session = startAudited()
    const long = text('Words of the user. '.repeat(3000))
    const system = [text('You are an agent.', { cache_control: marker })]
    await session.ask(turnOf([], { system, messages: [user({ ...long, cache_control: marker })] }))
    const record = await session.ask(turnOf([], { system, messages: [user(long, text('Go on.'))] }))
    expect(record.cacheClass).toBe('marker_gone')
  })

  test('CA-C5 messages_changed: an edited message loses only what is behind it', async () => {
    const session = startAudited()
    const long = 'Words of the user. '.repeat(3000)
    const cold = await session.ask(turnOf([long]))
    const edited = await session.ask(turnOf([`${long} Or not.`]))
    expect(edited.cacheClass).toBe('messages_changed')
    expect(edited.cacheMissedTokens).toBe(
      (cold.usage?.cache_creation_input_tokens ?? 0) - (edited.usage?.cache_read_input_tokens ?? 0),
    )
    expect(edited.usage?.cache_read_input_tokens).toBeGreaterThan(1000)
  })

  test('CA-C5 model_changed: the session goes on with another model', async () => {
    expect(await classAfter({ ...second, model: 'claude-haiku-4-5' })).toBe('model_changed')
  })

  test('CA-C6 the lifetime runs out: after five minutes, or after an hour', async () => {
    expect(await classAfter(second, 4 * minute)).toBe('hit')
    expect(await classAfter(second, 6 * minute)).toBe('ttl_expired_5m')
    const session = startAudited()
    const hour = { cache_control: { type: 'ephemeral', ttl: '1h' } }
    const long = { system: [text('You are an agent. '.repeat(900), hour)], messages: [user(text('Begin.', hour))] }
    await session.ask(turnOf([], long))
    session.wait(59 * minute)
    expect((await session.ask(turnOf([], long))).cacheClass).toBe('hit')
    session.wait(61 * minute)
    expect((await session.ask(turnOf([], long))).cacheClass).toBe('ttl_expired_1h')
  })

  test('CA-C5 upstream_evicted: nothing has changed, and the upstream reads nothing', async () => {
    let requests = 0
    const session = startAudited({
      scenario() {
        requests += 1
        return { content: [{ text: 'Done.' }], evictsCache: requests === 2 }
      },
    })
    await session.ask(first)
    const record = await session.ask(second)
    expect(record.cacheClass).toBe('upstream_evicted')
    expect(record.cacheMissedTokens).toBe(record.cacheExpectedTokens)
  })

  test('CA-S1 sessions and agents are apart; a client without a session is never compared', async () => {
    const session = startAudited()
    await session.ask(first)
    const agent = { 'x-claude-code-agent-id': 'agent-00001' }
    expect((await session.ask(second, agent)).cacheClass).toBe('cold')
    expect((await session.ask(second, { 'x-claude-code-session-id': 'session-0002' })).cacheClass).toBe('cold')
    expect((await session.ask(second, { 'x-claude-code-session-id': '' })).cacheClass).toBe('cold')
    const metadata = { user_id: JSON.stringify({ session_id: 'session-0001' }) }
    expect((await session.ask({ ...second, metadata }, { 'x-claude-code-session-id': '' })).cacheClass).toBe('hit')
  })

  test('a request without cache markers has no class, and the next one is compared with the one before it', async () => {
    const session = startAudited()
    await session.ask(first)
    const title = { model: 'claude-sonnet-4-6', max_tokens: 10, messages: [user(text('A title.'))] }
    expect(await session.ask(title)).not.toHaveProperty('cacheClass')
    expect((await session.ask(second)).cacheClass).toBe('hit')
  })

  test('CA-C5 a failed request is unknown, and the next is compared with the one before it', async () => {
    const session = startAudited()
    await session.ask(first)
    const failed = await session.ask({ ...second, max_tokens: 1_000_000 })
    expect(failed.outcome).not.toBe('answered')
    expect(failed.cacheClass).toBe('unknown')
    expect((await session.ask(second)).cacheClass).toBe('hit')
  })

  test('a prompt that is nested too deeply is answered, and has no class', async () => {
    const session = startAudited()
    let input: object = {}
    for (let depth = 0; depth < 100_000; depth += 1) input = { a: input }
    const audit = session.cacheAudit.begin({ requestId: 'req_1', session: undefined, agent: undefined, modelId: 'x' })
    const block = { toolUse: { toolUseId: 't', name: 'Bash', input } }
    audit.translated({
      request: { model: 'x', max_tokens: 1, messages: [] },
      units: { tools: [], system: [], turns: [{ role: 'user', units: [{ block, path: ['messages', 0] }] }] },
      text: '',
      toolsStart: '',
      notes: [],
      settings: '',
      cacheMinimum: 0,
    })
    audit.answered({ cache_creation_input_tokens: 1, cache_read_input_tokens: 0 }, 'msg_1')
    expect(audit.facts()).toEqual({})
    expect(session.logged).toMatchObject([{ event: 'cache.unread', level: 'warn', fields: { requestId: 'req_1' } }])
  })

  test('CA-S4 without the audit, no record has its facts', async () => {
    const records: object[] = []
    const session = startAudited({ cacheAudit: undefined })
    records.push(await session.ask(first))
    expect(records[0]).not.toHaveProperty('cacheClass')
    expect(session.cacheAudit.counts()).toEqual({ lanes: 0, answers: 0, bytes: 0, dropped: 0 })
  })
})

const plain = { type: 'text', media_type: 'text/plain', data: 'The words of a file.' }
const withFile = (...words: string[]): object =>
  turnOf([], {
    messages: [
      user({ type: 'document', title: 'notes', source: plain }, text('Read it.', { cache_control: marker })),
      ...words.map((said, index) => ({
        role: index % 2 === 0 ? 'assistant' : 'user',
        content: [text(said, index === words.length - 1 ? { cache_control: marker } : {})],
      })),
    ],
  })

describe('a translation that breaks between two turns', () => {
  const expected: Readonly<Record<Break, object>> = {
    'rename-document': { class: 'translation_changed', unit: 3, kind: 'document' },
    'reorder-tools': { class: 'translation_changed', unit: 0, kind: 'toolSpec' },
    'note-in-old-turn': { class: 'translation_changed', unit: 3, kind: 'text', sizeBefore: 36, sizeAfter: 7 },
    'drop-point': { class: 'marker_moved', unit: 6, kind: 'text' },
  }

  test.each(Object.keys(breaks) as Break[])(
    'CA-A1 CA-A5 %s is named within one turn, once for its session',
    async (kind) => {
      let isBroken = false
      const distort = distortionOf(kind)
      const session = startAudited({ distort: (translation) => isBroken && distort(translation) })
      const headers = { 'x-claude-code-session-id': 'session-0009' }
      const records = [await session.ask(withFile(), headers)]
      records.push(await session.ask(withFile('Read.', 'Again.'), headers))
      expect(session.logged).toEqual([])
      isBroken = true
      records.push(await session.ask(withFile('Read.', 'Again.', 'Again.', 'And?'), headers))
      isBroken = false
      records.push(await session.ask(withFile('Read.', 'Again.', 'Again.', 'And?', 'So.', 'End.'), headers))
      const [cold, hit, fault] = records.map(({ cacheClass }) => cacheClass)
      const found = expected[kind] as { class: string }
      expect([cold, hit, fault]).toEqual(['cold', 'hit', found.class as typeof fault])
      expect(session.logged).toHaveLength(1)
      expect(session.logged[0]).toMatchObject({ level: 'warn', event: 'cache.our_fault', fields: expected[kind] })
      expect(session.logged[0]?.fields).toMatchObject({ requestId: records[2]?.requestId, session: 'session-0009' })
    },
  )

  test('CA-F1 CA-F4 the log of a fault has no word of the client and no hash', async () => {
    let isBroken = false
    const distort = distortionOf('rename-document')
    const session = startAudited({ distort: (translation) => isBroken && distort(translation) })
    await session.ask(withFile())
    isBroken = true
    await session.ask(withFile('Read.', 'Again.'))
    const [line] = session.logged
    expect(Object.keys(line?.fields ?? {}).sort()).toEqual(
      ['class', 'kind', 'requestId', 'session', 'sizeAfter', 'sizeBefore', 'unit', 'notes'].sort(),
    )
    expect(JSON.stringify(line)).not.toMatch(/notes"?:|Read|words|agent/)
  })
})
