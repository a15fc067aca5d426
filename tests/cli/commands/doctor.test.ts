import { describe, expect, test } from 'bun:test'
import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Reply, Scenario } from '../../../src/simulator/reply.ts'
import type { SimulatorOptions } from '../../../src/simulator/server.ts'
import { version } from '../../../src/version.ts'
import { clientToken, found, key } from '../../support/canary.ts'
import { productSpellings } from '../../support/catalog.ts'
import { simulate } from '../../support/chain.ts'
import { cli, temporaryFolder } from '../../support/cli.ts'
import { listening } from '../../support/connect-proxy.ts'
import { doctor, doctorReport, withClaude } from '../../support/doctor.ts'
import { rawServer } from '../../support/raw-server.ts'

const environment = { NEXUS_API_KEY: key }

/** At a simulated Nexus. */
const at = (options: SimulatorOptions = {}) => ['--endpoint-url', simulate(options).url]

const refusing = (message: string, status = 400, type = 'ValidationException'): Reply => ({
  error: { status, type, message },
})

const answered = productSpellings.map((spelling) => `model.${spelling}`)
const features = ['streaming', 'tools', 'images', 'thinking', 'cache-points', 'count-tokens']

describe('a set-up in which everything is fine', () => {
  test('each check, by its id', async () => {
    const { PATH } = withClaude()
    const { code, ok, checks, said } = await doctor(at({ countTokens: true }), { ...environment, PATH })
    expect(Object.fromEntries(checks.map(({ id, status }) => [id, status]))).toEqual({
      program: 'info',
      config: 'ok',
      'config.settings': 'ok',
      'config.models': 'ok',
      'config.exposure': 'ok',
      'config.log-file': 'info',
      'key.present': 'ok',
      proxy: 'info',
      'endpoint.name': 'ok',
      'endpoint.connection': 'ok',
      'endpoint.answer': 'ok',
      'key.accepted': 'ok',
      ...Object.fromEntries(answered.map((id) => [id, 'ok'])),
      streaming: 'ok',
      tools: 'ok',
      images: 'ok',
      thinking: 'ok',
      'cache-points': 'ok',
      'count-tokens': 'ok',
      clock: 'ok',
      'claude.program': 'ok',
      'claude.gateway': 'ok',
      'claude.model': 'ok',
      'claude.settings': 'ok',
      'claude.web-fetch': 'info',
      'claude.web-search': 'info',
      'claude.environment': 'ok',
      'claude.no-proxy': 'ok',
      'claude.auto-mode': 'ok',
      port: 'info',
    })
    expect([code, ok]).toEqual([0, true])
    expect(found(said)).toEqual([])
  })

  test('--json prints one object, and the notice does not stand in its way', async () => {
    const folder = temporaryFolder()
    const { checks, said } = await doctor([...at(), '--model', 'opus'], environment, folder)
    expect(said).toStartWith('{\n  "ok": true,\n')
    const [first] = checks
    expect(first).toEqual({
      id: 'program',
      title: 'Version',
      status: 'info',
      detail: expect.stringContaining(`nexus-claude-api ${version} (commit source, bun `) as unknown as string,
      data: { version, commit: 'source', bun: Bun.version, platform: 'linux', arch: process.arch },
    })
    expect(checks.find(({ id }) => id === 'key.present')).toEqual({
      id: 'key.present',
      title: 'Key',
      status: 'ok',
      detail: expect.stringMatching(/^\S{4}…\(\d+ characters\) \(NEXUS_API_KEY\)$/) as unknown as string,
      data: { masked: expect.any(String) as unknown as string, from: 'NEXUS_API_KEY' },
    })
    expect(checks.find(({ id }) => id === 'config.settings')?.data).toMatchObject({
      model: 'opus',
      'model.from': '--model',
    })
    for (const { id, title, detail, data = {} } of checks) {
      expect(id).toMatch(/^[a-z0-9.-]+$/)
      expect([title, detail]).not.toContain('')
      for (const value of Object.values(data)) expect(typeof value === 'object' && value !== null).toBe(false)
    }
  })

  test('it says what it sends before it does, and the requests are as many, tiny, and answered', async () => {
    const sent: { path: string; status: number; bytes: number }[] = []
    const { err } = await doctorReport(
      at({
        onRequest: ({ path, status, body }) => sent.push({ path, status, bytes: JSON.stringify(body ?? '').length }),
      }),
      environment,
    )
    const asked = sent.filter(({ path }) => path.startsWith('/model/'))
    const requests = answered.length + features.length
    expect(err).toMatch(
      new RegExp(`^${requests} tiny requests go to AI Nexus: at most about \\d,\\d00 tokens in all\\.\n$`),
    )
    expect(asked.map(({ path }) => path.split('/').at(-1))).toEqual([
      ...answered.map(() => 'converse'),
      'converse-stream',
      ...Array.from({ length: 4 }, () => 'converse'),
      'count-tokens',
    ])
    // This simulator does not count.
    expect(asked.filter(({ status }) => status !== 200).map(({ path }) => path.split('/').at(-1))).toEqual([
      'count-tokens',
    ])
    for (const { bytes } of asked) expect(bytes).toBeLessThan(1000)
    // And one without a key, to see who is there.
    expect(sent.length).toBe(asked.length + 1)
  })

  test('--simulate needs neither a key nor an AI Nexus', async () => {
    const { code, withStatus } = await doctor(['--simulate', '--endpoint-url', 'https://nowhere.invalid'])
    expect([code, withStatus('fail'), withStatus('skip')]).toEqual([0, [], []])
  })
})

describe('the key and the models', () => {
  test('a key that AI Nexus does not know is one fault, and nothing more is asked with it', async () => {
    let requests = 0
    const onRequest: SimulatorOptions['onRequest'] = ({ method }) => {
      if (method === 'POST') requests += 1
    }
    const where = at({ apiKey: 'another', onRequest })
    const { code, of, withStatus } = await doctor(where, environment)
    expect(of('key.accepted')).toEqual({
      id: 'key.accepted',
      title: 'Key',
      status: 'fail',
      detail: 'Authentication failed: Please make sure your API Key is valid.',
      remedy: 'Look at the key: it came from NEXUS_API_KEY. Is it whole, and still valid? If so, ask for a new one.',
      data: { error: 'authentication_error' },
    })
    expect([code, requests, withStatus('fail')]).toEqual([1, 1, ['key.accepted']])
    expect(withStatus('skip')).toEqual([...answered, ...features])
    expect(of('tools').detail).toBe('the key was not accepted')
  })

  test('a key that may use no model is one fault, too', async () => {
    const scenario: Scenario = () => refusing("You don't have access to the model.", 403, 'AccessDeniedException')
    const { of, withStatus } = await doctor(at({ scenario }), environment)
    expect(withStatus('fail')).toEqual(['key.accepted'])
    expect(of('key.accepted').remedy).toContain('Ask whoever gave it to you')
  })

  const withoutOpus: Scenario = ({ modelId }) =>
    modelId === 'claude-opus-4.6' ? refusing('The provided model identifier is invalid.') : undefined

  test('a model that one can live without is a warning', async () => {
    const { code, of, withStatus } = await doctor(at({ scenario: withoutOpus }), environment)
    expect([code, withStatus('fail')]).toEqual([0, []])
    expect(of('model.claude-opus-4-6')).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('The provided model identifier is invalid.'),
      remedy: expect.stringContaining('--model'),
    })
  })

  test('one that was chosen is a fault, and what it can do is not asked', async () => {
    const { code, of, withStatus } = await doctor([...at({ scenario: withoutOpus }), '--model', 'opus'], environment)
    expect([code, withStatus('fail'), withStatus('skip')]).toEqual([1, ['model.claude-opus-4-6'], features])
    expect(of('streaming').detail).toBe('claude-opus-4-6 does not answer')
  })

  const busy = refusing('Too many requests.', 429, 'ThrottlingException')

  test('one that is busy is no fault', async () => {
    const scenario: Scenario = ({ modelId }) => (modelId === 'claude-sonnet-4.6' ? busy : undefined)
    const { code, of } = await doctor(at({ scenario }), environment)
    expect(code).toBe(0)
    expect(of('key.accepted').status).toBe('ok')
    expect(of('model.claude-sonnet-4-6')).toMatchObject({
      status: 'warn',
      remedy: 'Wait a minute, and run doctor again.',
    })
  })

  test('all of them busy is one: nothing was seen to work', async () => {
    const { code, of, withStatus } = await doctor(at({ scenario: () => busy }), environment)
    expect([code, withStatus('fail')]).toEqual([1, ['model.claude-sonnet-4-6', 'model.claude-haiku-4-5']])
    expect(of('key.accepted').status).toBe('ok')
    expect(of('model.claude-sonnet-4-6').remedy).toBe('Wait a minute, and run doctor again.')
  })

  test('one that is out of order keeps the others from nothing, and the key is known by them', async () => {
    const scenario: Scenario = ({ modelId }) =>
      modelId === 'claude-sonnet-4.6' ? refusing('Down.', 503, 'ServiceUnavailableException') : undefined
    const { code, of, withStatus } = await doctor(at({ scenario }), environment)
    expect([code, withStatus('fail')]).toEqual([1, ['model.claude-sonnet-4-6']])
    expect(of('key.accepted').status).toBe('ok')
  })
})

describe('what Claude Code needs of a model', () => {
  const onFeature = (fits: (request: Parameters<Scenario>[0]) => boolean, reply: Reply): SimulatorOptions => ({
    scenario: (request) => (fits(request) ? reply : undefined),
  })
  const isStream: Parameters<typeof onFeature>[0] = (request) => request.isStream
  const thinks: typeof isStream = ({ body }) => body.additionalModelRequestFields?.['thinking'] !== undefined
  const thinksAdaptively: typeof isStream = ({ body }) => JSON.stringify(body).includes('"adaptive"')
  const caches: typeof isStream = ({ body }) => (body.system ?? []).some((part) => 'cachePoint' in part)
  const seesImage: typeof isStream = ({ body }) => JSON.stringify(body).includes('"image"')
  const hasTools: typeof isStream = ({ body }) => body.toolConfig !== undefined

  const broken = (kind: 'cut' | 'reset' | 'corrupt'): Reply => ({
    content: [{ text: '1 2 3' }],
    fault: { afterFrames: 2, kind },
  })
  const isFault = expect.any(String) as unknown as string

  test.each([
    ['a stream that is cut', 'streaming', 'fail', isStream, broken('cut')],
    ['a stream whose line breaks', 'streaming', 'fail', isStream, broken('reset')],
    ['a stream that is damaged', 'streaming', 'fail', isStream, broken('corrupt')],
    ['a stream that is collected on its way', 'streaming', 'warn', isStream, { pace: { firstMs: 1050 } }],
    ['words instead of a call', 'tools', 'warn', hasTools, { content: [{ text: '7' }] }],
    ['tools that are refused', 'tools', 'fail', hasTools, refusing('Tools are not supported.')],
    ['pictures that are refused', 'images', 'warn', seesImage, refusing('Could not process image')],
    [
      'thinking by effort that is refused',
      'thinking',
      'warn',
      thinksAdaptively,
      refusing('adaptive thinking is not supported'),
    ],
    ['thinking that is refused unreadably', 'thinking', 'fail', thinks, refusing('No.')],
    ['a cache that is refused', 'cache-points', 'warn', caches, refusing('You did not allow prompt caching', 403)],
  ] as const)('%s is told, with a remedy', async (_, id, status, fits, reply) => {
    const { of, withStatus, code } = await doctor(at(onFeature(fits, reply)), environment)
    expect(of(id)).toMatchObject({ status, remedy: isFault })
    expect(withStatus('fail')).toEqual(status === 'fail' ? [id] : [])
    expect(code).toBe(status === 'fail' ? 1 : 0)
  })

  test('what was left out so that an answer came is named', async () => {
    const { of } = await doctor(at(onFeature(caches, refusing('You did not allow prompt caching', 403))), environment)
    expect(of('cache-points')).toMatchObject({
      detail: 'answered, but only without cache points: AI Nexus refuses that',
      data: { leftOut: 'cache points' },
    })
  })

  test('a model that has no thought to spare is no fault', async () => {
    const { of } = await doctor(at(onFeature(thinks, { content: [{ text: '391' }] })), environment)
    expect(of('thinking')).toMatchObject({ status: 'ok', detail: 'accepted; the question needed no thought' })
  })

  test('counting: by AI Nexus, by ourselves, or as configured', async () => {
    expect((await doctor(at({ countTokens: true }), environment)).of('count-tokens')).toMatchObject({
      status: 'ok',
      data: { isSupported: true },
    })
    expect((await doctor(at(), environment)).of('count-tokens')).toMatchObject({
      status: 'info',
      data: { isSupported: false },
    })
    expect(
      (await doctor([...at({ countTokens: true }), '--count-tokens', 'estimate'], environment)).of('count-tokens')
        .detail,
    ).toBe('estimated here, as it is configured')
  })
})

describe('configuration', () => {
  test('a broken file is a fault that ends nothing', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'c.json')
    writeFileSync(path, `{ "apiKey": "${key}"`)
    const { code, of, said } = await doctor(['--config', path], {}, folder)
    expect(code).toBe(1)
    expect(of('config')).toMatchObject({
      status: 'fail',
      detail: `${path}:1:40 is not valid JSON (close brace expected).`,
      remedy: 'Correct it there, or move the file away.',
    })
    expect(of('key.accepted')).toMatchObject({
      status: 'skip',
      detail: 'the configuration has to be mended first',
    })
    expect(of('claude.environment').status).toBe('ok')
    expect(found(said)).toEqual([])
  })

  test('a model that nobody knows does not keep it from looking at the way', async () => {
    const { of, withStatus } = await doctor([...at(), '--model', 'claude-sonet-4-6'], environment)
    expect(withStatus('fail')).toEqual(['config'])
    expect(of('config').remedy).toStartWith('Did you mean claude-sonnet-4-6?')
    expect(of('endpoint.answer').status).toBe('ok')
  })

  test('a simulation needs no key, whatever else is wrong', async () => {
    const { of, withStatus } = await doctor(['--simulate', '--model', 'nonsense'])
    expect(withStatus('fail')).toEqual(['config'])
    expect(of('key.present')).toMatchObject({ status: 'info', detail: 'none is needed: AI Nexus is simulated' })
  })

  test('without a key it says how to give one, and looks at the way all the same', async () => {
    const { code, of, withStatus } = await doctor(at())
    expect([code, withStatus('fail')]).toEqual([1, ['key.present']])
    expect(of('key.present')).toMatchObject({
      detail: 'No AI Nexus key.',
      remedy: expect.stringContaining('export NEXUS_API_KEY=...'),
    })
    expect(of('endpoint.answer').status).toBe('ok')
    expect(withStatus('skip')).toEqual(['key.accepted', ...answered, ...features, 'clock'])
  })

  test('where each value came from, and secrets only as what one recognises them by', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'c.json')
    writeFileSync(path, JSON.stringify({ clientToken, timeout: 30, nonsense: 1 }))
    const { of, said } = await doctor([...at(), '--config', path, '--api-key', key], { NEXUS_MODEL: 'opus' }, folder)
    expect(of('config.settings').data).toMatchObject({
      timeout: '30',
      'timeout.from': path,
      model: 'opus',
      'model.from': 'NEXUS_MODEL',
      'port.from': '--port',
    })
    expect(of('config')).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('unknown key nonsense'),
      data: { [path]: true },
    })
    expect(of('config.exposure')).toMatchObject({ status: 'warn', detail: expect.stringContaining('--api-key') })
    expect(found(said)).toEqual([])
  })

  test('a file with a secret that others can get at, and how to close it', async () => {
    const folder = temporaryFolder()
    const own = join(folder, 'my key.json')
    const variables = join(folder, 'v.env')
    writeFileSync(own, JSON.stringify({ apiKey: key }))
    writeFileSync(variables, `NEXUS_CLIENT_TOKEN=${clientToken}\n`)
    const look = async (mode: number) => {
      for (const path of [own, variables]) chmodSync(path, mode)
      const { of, said } = await doctor(['--offline', '--config', own, '--env-file', variables], {}, folder)
      expect(found(said)).toEqual([])
      return of('config.exposure')
    }
    for (const mode of [0o666, 0o640, 0o604])
      expect(await look(mode)).toMatchObject({
        status: 'warn',
        detail: [own, variables]
          .map((path) => `others on this machine can get at ${path}, which holds a secret`)
          .join('\n'),
        remedy: `Keep the file to yourself:\n  chmod 600 ${folder}/my\\ key.json\n  chmod 600 ${variables}`,
      })
    expect((await look(0o600)).status).toBe('ok')
    writeFileSync(own, '{ "model": "opus" }')
    writeFileSync(variables, 'NEXUS_API_KEY=\n')
    expect((await look(0o666)).status).toBe('ok')
  })

  test('start says it as well', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'c.json')
    writeFileSync(path, JSON.stringify({ apiKey: key }), { mode: 0o644 })
    const args = ['start', '--dry-run', '--config', path]
    expect((await cli(args, {}, folder)).err).toContain(
      `warning: others on this machine can get at ${path}, which holds a secret: chmod 600 ${path}\n`,
    )
    expect((await cli(args, {}, folder, { platform: 'win32' })).err).not.toContain('chmod')
  })

  test('a log file that cannot be written is a fault, as it is to start', async () => {
    const { code, of } = await doctor(['--simulate', '--log-file', '/nowhere/at-all/x.log'])
    expect([code, of('config.log-file')]).toEqual([
      1,
      {
        id: 'config.log-file',
        title: 'Log file',
        status: 'fail',
        detail: 'The log file /nowhere/at-all/x.log cannot be written (ENOENT).',
        remedy: 'Give another with --log-file.',
      },
    ])
    const path = join(temporaryFolder(), 'x.log')
    expect((await doctor(['--simulate', '--log-file', path])).of('config.log-file')).toMatchObject({
      status: 'ok',
      data: { path },
    })
    expect(existsSync(path)).toBe(false)
  })

  test('a key does not go out in the clear, not even for a look', async () => {
    const heads: string[] = []
    const port = await listening((socket) => {
      socket.once('data', (data) => {
        heads.push(String(data))
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
      })
    })
    // This machine, by an address that says so to nobody.
    const { of, said } = await doctor(['--endpoint-url', `http://0.0.0.0:${port}`], environment)
    expect(of('config').detail).toContain('begins with http, so the key would go to 0.0.0.0 unencrypted')
    expect(heads.map((head) => head.split('\r\n')[0])).toEqual(['HEAD / HTTP/1.1'])
    expect(found(heads.join('') + said)).toEqual([])
  })
})

describe('--offline', () => {
  test('sends nothing', async () => {
    const server = await rawServer((socket) => socket.destroy())
    const { code, withStatus } = await doctor(['--offline', '--endpoint-url', server.url], environment)
    expect([code, server.count(), server.sockets.length]).toEqual([0, 0, 0])
    expect(withStatus('skip')).toEqual([
      'endpoint.name',
      'endpoint.connection',
      'endpoint.answer',
      'key.accepted',
      ...answered,
      ...features,
      'clock',
    ])
  })
})

describe('secrets', () => {
  test('an AI Nexus that repeats the key it was sent is not repeated', async () => {
    const scenario: Scenario = () => refusing(`Your key ${key} is\u001b[2J not good.`)
    const { of, said } = await doctor(at({ scenario }), environment)
    expect(of('model.claude-sonnet-4-6').detail).toContain('Your key [redacted] is')
    const report = await doctorReport(at({ scenario }), environment)
    expect(found(said + report.out + report.err)).toEqual([])
    expect(report.out).not.toContain('\u001b')
  })
})
