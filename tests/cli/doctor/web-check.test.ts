import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { readDoctorContext } from '../../../src/cli/doctor/context.ts'
import { probesPreflight, webFetchFinding } from '../../../src/cli/doctor/web-check.ts'
import type { Flags } from '../../../src/cli/parse/parsed-arguments.ts'
import { key } from '../../support/canary.ts'
import { afterTest } from '../../support/cleanup.ts'
import { temporaryFolder, testIo } from '../../support/cli.ts'
import { connectProxy } from '../../support/connect-proxy.ts'
import { doctor, doctorProgram, simulatedEndpoint } from '../../support/doctor.ts'
import { writeFile } from '../../support/files.ts'

/** A folder of Claude Code's settings. */
const settingsFolder = (settings: object = {}): string => {
  const folder = temporaryFolder()
  writeFile(join(folder, 'settings.json'), settings)
  return folder
}

/** In place of Anthropic's host: gives each request this status. */
const hostThatAnswers = (status: number) => {
  const requests: string[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: ({ method, url }) => {
      requests.push(`${method} ${new URL(url).pathname}`)
      return new Response(null, { status, headers: { location: '/' } })
    },
  })
  afterTest(() => server.stop(true))
  return { requests, url: new URL('/api/web/domain_info', server.url) }
}

interface Setup {
  readonly settings?: object
  readonly flags?: Flags
  readonly environment?: Record<string, string>
}

const contextOf = ({ settings, flags = {}, environment = {} }: Setup) => {
  const own = { NEXUS_API_KEY: key, CLAUDE_CONFIG_DIR: settingsFolder(settings), ...environment }
  return readDoctorContext(flags, testIo({ home: temporaryFolder(), environment: own }))
}

/** The finding of WebFetch in a network that gives requests for Anthropic's host this status. */
const webFetch = async (status: number, setup: Setup = {}) => {
  const { requests, url } = hostThatAnswers(status)
  const context = await contextOf(setup)
  return { finding: await webFetchFinding(context, url), requests, isAnnounced: probesPreflight(context) }
}

const setting = '{ "skipWebFetchPreflight": true }'

describe("doctor tries Anthropic's host for WebFetch", () => {
  test.each([200, 400, 404, 405])('once, without data, and says that it can be reached: %p (WS-4)', async (status) => {
    expect(await webFetch(status)).toEqual({
      finding: {
        status: 'ok',
        detail: 'asks api.anthropic.com about each domain first, which works in this network',
        data: { preflight: true, isBlocked: false },
      },
      requests: ['HEAD /api/web/domain_info'],
      isAnnounced: true,
    })
  })

  test.each([302, 403, 407, 451, 503])(
    'and names the setting if the network answers with %p (WS-4)',
    async (status) => {
      const { finding, requests } = await webFetch(status)
      expect(finding).toEqual({
        status: 'info',
        detail: `asks api.anthropic.com about each domain first, which is blocked here: every fetch fails without the setting below\nHTTP ${status}`,
        remedy: `nexus-claude-api claude sets this; for other launches, add to your settings.json:\n  ${setting}`,
        data: { preflight: true, isBlocked: true },
      })
      expect(requests).toHaveLength(1)
    },
  )

  test('and names the setting of this program that keeps the check (WS-4)', async () => {
    const { finding } = await webFetch(403, { environment: { NEXUS_SKIP_WEB_FETCH_PREFLIGHT: 'false' } })
    expect(finding.status).toBe('warn')
    expect(finding.remedy).toStartWith('Set search.skipWebFetchPreflight to true for nexus-claude-api claude')
    const { finding: other } = await webFetch(403, { settings: { skipWebFetchPreflight: false } })
    expect(other.status).toBe('warn')
    expect(other.detail).toContain('skipWebFetchPreflight is off in')
    expect(other.remedy).toEndWith(`Set in that file: ${setting}`)
  })

  test.each<[string, Setup]>([
    ['with --offline', { flags: { offline: true } }],
    ['with --simulate', { flags: { simulate: true } }],
    ["with Anthropic's own API", { flags: { upstream: 'anthropic' } }],
    ['if the configuration has an error', { flags: { 'max-retries': 'x' } }],
    ['where WebFetch does not need it', { settings: { skipWebFetchPreflight: true } }],
  ])('but not %s (WS-4)', async (_, setup) => {
    const { finding, requests, isAnnounced } = await webFetch(403, setup)
    expect([finding.data?.['isBlocked'], requests, isAnnounced]).toEqual([undefined, [], false])
  })

  test('through the proxy, under its own name (WS-4)', async () => {
    const { port, heads } = await connectProxy({ answer: () => 'HTTP/1.1 403 Forbidden\r\n\r\n' })
    const environment = {
      NEXUS_API_KEY: key,
      CLAUDE_CONFIG_DIR: settingsFolder(),
      HTTPS_PROXY: `http://127.0.0.1:${port}`,
    }
    const { of, said } = await doctorProgram(simulatedEndpoint(), environment)
    expect(of('claude.web-fetch').data).toEqual({ preflight: true, isBlocked: true })
    expect(heads.map((head) => head.split('\r\n')[0])).toEqual(['CONNECT api.anthropic.com:443 HTTP/1.1'])
    expect(said.replaceAll('\n', ' ')).toContain('One request without data tries api.anthropic.com, for WebFetch.')
  })
})

describe("Claude Code's WebSearch", () => {
  const webSearch = async (args: readonly string[], settings: object = {}) =>
    (await doctor(['--offline', ...args], { CLAUDE_CONFIG_DIR: settingsFolder(settings) })).of('claude.web-search')

  test('needs a provider: doctor says how to switch it on, and how to take it off the list (WS-2)', async () => {
    const { status, detail, remedy } = await webSearch([])
    expect([status, detail]).toEqual(['info', 'does not work here: web search is off, but Claude Code offers the tool'])
    expect(remedy).toContain('Switch it on with --search.')
    expect(remedy).toEndWith('{ "permissions": { "deny": ["WebSearch"] } }')
  })

  test('works where this server searches, unless a rule of the user is left (WS-3)', async () => {
    const finding = async (settings: object) => {
      const environment = { NEXUS_SEARCH_COMMAND: 'true', CLAUDE_CONFIG_DIR: settingsFolder(settings) }
      const { of } = await doctor(['--offline', '--search', 'command'], environment)
      const { status, detail } = of('claude.web-search')
      return [status, detail.replace(/ in .+ decides/, ' decides')]
    }
    expect(await finding({})).toEqual(['ok', 'Claude Code offers it, and this server searches'])
    expect(await finding({ permissions: { deny: ['WebSearch'] } })).toEqual([
      'info',
      'works here; a rule decides whether Claude Code offers it',
    ])
  })
})
