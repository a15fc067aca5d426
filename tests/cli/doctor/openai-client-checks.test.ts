import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { temporaryFolder } from '../../support/cli.ts'
import { stubClient } from '../../support/client-stub.ts'
import { doctor } from '../../support/doctor.ts'
import { writeFile } from '../../support/files.ts'

const offline = ['--offline', '--simulate']

test('a missing client is no fault, and one of them is enough (OE-K1, OE-K3)', async () => {
  const none = await doctor(offline)
  expect([none.of('codex.program'), none.of('opencode.program')]).toMatchObject([
    { status: 'info', detail: 'not found on PATH; only nexus-claude-api codex needs it' },
    { status: 'info', detail: 'not found on PATH; only nexus-claude-api opencode needs it' },
  ])
  expect(none.of('claude.program').status).toBe('warn')
  const folder = stubClient('codex', '')
  const one = await doctor(offline, { PATH: folder })
  expect(one.of('codex.program')).toMatchObject({ status: 'ok', detail: join(folder, 'codex') })
  expect(one.of('claude.program')).toMatchObject({
    status: 'info',
    detail: 'not found on PATH; only nexus-claude-api claude needs it',
  })
})

test('an API that is off is shown with its source (OE-T1)', async () => {
  const on = await doctor([...offline, '--port', '5000'])
  expect(on.of('openai-api')).toMatchObject({ status: 'ok', detail: 'http://127.0.0.1:5000/v1, if the server runs' })
  const off = await doctor([...offline, '--no-openai-api'])
  expect(off.of('openai-api')).toMatchObject({
    status: 'info',
    detail: expect.stringContaining('off (--no-openai-api); nexus-claude-api codex') as never,
  })
})

describe("Codex's own file (OE-K2)", () => {
  const fileWith = async (lines: string, port = '5000') => {
    const home = temporaryFolder()
    const path = join(home, '.codex', 'config.toml')
    writeFile(path, lines)
    const { status, detail, remedy } = (await doctor([...offline, '--port', port], {}, home)).of('codex.settings')
    return { status, detail: detail.replace(path, 'FILE'), remedy }
  }
  const provider = (port: number) =>
    `[model_providers.nexus]\nbase_url = "http://127.0.0.1:${port}/v1"\nmodel_catalog_url = "http://127.0.0.1:${port}/v1/models"\n`

  test('needs no provider', async () => {
    expect(await fileWith('model = "x"\n')).toMatchObject({
      status: 'info',
      detail: 'FILE has no provider nexus; nexus-claude-api codex needs none',
    })
  })

  test('with this server, is fine; so is any other machine, and any port for a server on any free port', async () => {
    expect(await fileWith(provider(5000))).toMatchObject({
      status: 'ok',
      detail: 'FILE has the provider nexus, at 127.0.0.1:5000',
    })
    expect((await fileWith(provider(5000), '0')).status).toBe('ok')
    expect((await fileWith(provider(6000).replaceAll('127.0.0.1', 'nexus.example'))).status).toBe('ok')
  })

  test('with another port, gets the command that prints the right lines', async () => {
    expect(await fileWith(provider(6000))).toEqual({
      status: 'warn',
      detail: 'the provider nexus in FILE uses port 6000, but the server listens at http://127.0.0.1:5000',
      remedy:
        'Correct its URLs, or start the server with --port. For the lines of this server, run:\n  nexus-claude-api env --client codex',
    })
  })

  test('without the catalog or with an invalid URL, gets a warning (OE-M3)', async () => {
    expect(await fileWith(provider(5000).replace(/model_catalog_url.*\n/, ''))).toMatchObject({
      status: 'warn',
      detail:
        'the provider nexus in FILE has no model_catalog_url: Codex guesses the window, and has no tool for patches',
    })
    expect(await fileWith('[model_providers.nexus]\n')).toMatchObject({
      status: 'warn',
      detail: 'FILE has no valid base_url for the provider nexus',
    })
  })
})
