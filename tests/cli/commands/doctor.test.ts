import { describe, expect, test } from 'bun:test'
import type { Scenario } from '../../../src/simulator/reply.ts'
import { version } from '../../../src/version.ts'
import { key, secretsIn } from '../../support/canary.ts'
import { temporaryFolder } from '../../support/cli.ts'
import {
  doctor,
  doctorReport,
  errorReply,
  featureCheckNames,
  keyVariable,
  modelCheckIds,
  simulatedEndpoint,
  withClaude,
} from '../../support/doctor.ts'
import { rawServer } from '../../support/raw-server.ts'

describe('a setup without problems', () => {
  test('passes each check', async () => {
    const { PATH } = withClaude()
    const { code, ok, checks, said } = await doctor(simulatedEndpoint({ countTokens: true }), { ...keyVariable, PATH })
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
      ...Object.fromEntries(modelCheckIds.map((id) => [id, 'ok'])),
      streaming: 'ok',
      tools: 'ok',
      images: 'ok',
      thinking: 'ok',
      'cache-points': 'ok',
      'count-tokens': 'ok',
      clock: 'ok',
      search: 'info',
      'claude.program': 'ok',
      'claude.gateway': 'ok',
      'claude.gateway-address': 'ok',
      'claude.model': 'ok',
      'claude.settings': 'ok',
      'claude.web-fetch': 'ok',
      'claude.web-search': 'info',
      'claude.environment': 'ok',
      'claude.no-proxy': 'ok',
      'claude.auto-mode': 'ok',
      'openai-api': 'ok',
      'codex.program': 'info',
      'opencode.program': 'info',
      'codex.settings': 'info',
      'clients.claude-code': 'info',
      port: 'info',
    })
    expect([code, ok]).toEqual([0, true])
    expect(secretsIn(said)).toEqual([])
  })

  test('is one JSON object on standard output with --json, without the notice', async () => {
    const folder = temporaryFolder()
    const { checks, said } = await doctor([...simulatedEndpoint(), '--model', 'opus'], keyVariable, folder)
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

  test('gets as many tiny requests as the notice announces', async () => {
    const sent: { path: string; status: number; bytes: number }[] = []
    const { err } = await doctorReport(
      simulatedEndpoint({
        onRequest: ({ path, status, body }) => sent.push({ path, status, bytes: JSON.stringify(body ?? '').length }),
      }),
      keyVariable,
    )
    const toModels = sent.filter(({ path }) => path.startsWith('/model/'))
    const requests = modelCheckIds.length + featureCheckNames.length
    expect(err).toMatch(
      new RegExp(`^Sending ${requests} tiny requests to AI Nexus: at most about \\d,\\d00 tokens\\.\n$`),
    )
    expect(toModels.map(({ path }) => path.split('/').at(-1))).toEqual([
      ...modelCheckIds.map(() => 'converse'),
      'converse-stream',
      ...Array.from({ length: 4 }, () => 'converse'),
      'count-tokens',
    ])
    // This simulator does not count.
    expect(toModels.filter(({ status }) => status !== 200).map(({ path }) => path.split('/').at(-1))).toEqual([
      'count-tokens',
    ])
    for (const { bytes } of toModels) expect(bytes).toBeLessThan(1000)
    // And one request without a key, to check the endpoint.
    expect(sent.length).toBe(toModels.length + 1)
  })

  test('needs neither a key nor AI Nexus with --simulate', async () => {
    const { code, withStatus } = await doctor(['--simulate', '--endpoint-url', 'https://nowhere.invalid'])
    expect([code, withStatus('fail'), withStatus('skip')]).toEqual([0, [], []])
  })
})

describe('--offline', () => {
  test('sends no request', async () => {
    const server = await rawServer((socket) => socket.destroy())
    const { code, withStatus } = await doctor(['--offline', '--endpoint-url', server.url], keyVariable)
    expect([code, server.count(), server.sockets.length]).toEqual([0, 0, 0])
    expect(withStatus('skip')).toEqual([
      'endpoint.name',
      'endpoint.connection',
      'endpoint.answer',
      'key.accepted',
      ...modelCheckIds,
      ...featureCheckNames,
      'clock',
    ])
  })
})

describe('secrets', () => {
  test('are not printed if AI Nexus repeats the key in an error', async () => {
    const scenario: Scenario = () => errorReply(`Your key ${key} is\u001b[2J not good.`)
    const { of, said } = await doctor(simulatedEndpoint({ scenario }), keyVariable)
    expect(of('model.claude-sonnet-4-6').detail).toContain('Your key [redacted] is')
    const report = await doctorReport(simulatedEndpoint({ scenario }), keyVariable)
    expect(secretsIn(said + report.out + report.err)).toEqual([])
    expect(report.out).not.toContain('\u001b')
  })
})
