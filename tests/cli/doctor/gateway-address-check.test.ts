import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { readDoctorContext } from '../../../src/cli/doctor/context.ts'
import { gatewayAddressFinding } from '../../../src/cli/doctor/gateway-address-check.ts'
import { startChain } from '../../support/chain.ts'
import { afterTest } from '../../support/cleanup.ts'
import { temporaryFolder, testIo } from '../../support/cli.ts'
import { writeFile } from '../../support/files.ts'

const serve = (fetch: (request: Request) => Response): string => {
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch })
  afterTest(() => server.stop(true))
  return `http://127.0.0.1:${server.port}`
}

const gateway = (): string =>
  serve(({ url }) => {
    const { origin, pathname } = new URL(url)
    if (pathname !== '/.well-known/oauth-authorization-server') return new Response(null, { status: 404 })
    return Response.json({ issuer: origin, device_authorization_endpoint: `${origin}/oauth/device_authorization` })
  })

interface Situation {
  readonly environment?: Record<string, string>
  /** Claude Code's settings. */
  readonly settings?: object
  readonly isOffline?: boolean
}

/** The finding of a user whose Claude Code is signed in at the address. */
const examine = async (
  url: string | undefined,
  { environment = {}, settings = {}, isOffline = false }: Situation = {},
) => {
  const folder = temporaryFolder()
  writeFile(join(folder, 'settings.json'), settings)
  if (url !== undefined)
    writeFile(join(folder, '.credentials.json'), { enterpriseGateway: { url, jwt: 'nca_at_secret' } })
  const io = testIo({ home: folder, environment: { CLAUDE_CONFIG_DIR: folder, ...environment } })
  return gatewayAddressFinding(await readDoctorContext(isOffline ? { offline: true } : {}, io))
}

describe('gatewayAddressFinding', () => {
  test('says nothing without a sign-in (SI-D1)', async () => {
    expect(await examine(undefined)).toEqual({ status: 'ok', detail: 'needs no gateway: no sign-in found' })
  })

  test('finds the gateway of a sign-in, and that of the settings (SI-D1)', async () => {
    const url = gateway()
    const answers = { status: 'ok', detail: `${url} answers`, data: { url, answer: 'gateway' } } as const
    expect(await examine(url)).toEqual(answers)
    const settings = { forceLoginMethod: 'gateway', forceLoginGatewayUrl: url }
    expect(await examine(undefined, { settings })).toEqual(answers)
  })

  test('reports a gateway that does not run, which ends Claude Code at its start (SI-D1, SI-U3)', async () => {
    const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() })
    const url = `http://127.0.0.1:${server.port}`
    await server.stop(true)
    const { status, detail, remedy } = await examine(url)
    expect([status, detail]).toEqual([
      'fail',
      `${url}: no server answers: Claude Code then ends with "Couldn't load settings from Cloud gateway", also without a prompt`,
    ])
    expect(remedy).toContain('nexus-claude-api start --sign-in')
    expect(remedy).toContain('claude auth logout')
  })

  test('knows a server of this program that runs without --sign-in (SI-D1)', async () => {
    const { url } = startChain()
    expect(await examine(url)).toMatchObject({
      status: 'fail',
      detail: `the server at ${url} runs without sign-in, and Claude Code signs in there`,
      remedy: 'Start it with nexus-claude-api start --sign-in, or sign out with /logout in Claude Code.',
      data: { url, answer: 'no sign-in' },
    })
  })

  test.each([404, 200, 302])('warns about another server that answers %d (SI-D1)', async (status) => {
    const url = serve(() => new Response('{}', { status, headers: { location: 'http://192.0.2.1/' } }))
    expect(await examine(url)).toMatchObject({ status: 'warn', data: { url, answer: 'other' } })
  })

  test('reports a proxy that Claude Code would ask for this machine (SI-D1)', async () => {
    const url = gateway()
    for (const environment of [{ HTTPS_PROXY: 'http://proxy.example:3128' }, { HTTP_PROXY: 'http://proxy.example' }])
      expect(await examine(url, { environment })).toMatchObject({
        status: 'fail',
        detail: `${Object.keys(environment)[0]} is set, and NO_PROXY does not contain 127.0.0.1: Claude Code asks the proxy for this machine, and fails`,
      })
    const settings = { env: { HTTPS_PROXY: 'http://proxy.example:3128' } }
    expect(await examine(url, { settings })).toMatchObject({ status: 'fail' })
  })

  test("accepts NO_PROXY of the shell and of Claude Code's settings, which wins (SI-D1)", async () => {
    const url = gateway()
    const proxy = { HTTPS_PROXY: 'http://proxy.example:3128' }
    expect(await examine(url, { environment: { ...proxy, NO_PROXY: 'localhost,127.0.0.1' } })).toMatchObject({
      status: 'ok',
    })
    const environment = { ...proxy, NO_PROXY: 'intranet.example' }
    const settings = { env: { NO_PROXY: '127.0.0.1' } }
    expect(await examine(url, { environment, settings })).toMatchObject({ status: 'ok' })
    expect(
      await examine(url, {
        environment: { ...proxy, NO_PROXY: '127.0.0.1' },
        settings: { env: { NO_PROXY: 'x.example' } },
      }),
    ).toMatchObject({ status: 'fail' })
  })

  test('sends nothing with --offline, and shows nothing of the credentials (SI-D1, SI-S5)', async () => {
    const url = 'https://gateway.example'
    const finding = await examine(url, { isOffline: true })
    expect(finding).toEqual({ status: 'info', detail: `${url} (not tried with --offline)`, data: { url } })
    expect(JSON.stringify(finding)).not.toContain('nca_at_')
  })
})
