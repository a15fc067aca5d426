import { describe, expect, test } from 'bun:test'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { claudeDesktopSetup } from '../../../../src/cli/setup/clients/claude-desktop.ts'
import { setUpAndUndo, setupHome, windowsMachine } from '../../../support/client-setup.ts'

const id = '5d0c0f3e-6e78-4b0e-9d3b-7a1f4c2e9b60'

const under = (base: string) => ({
  profile: `${base}/Claude-3p/configLibrary/${id}.json`,
  meta: `${base}/Claude-3p/configLibrary/_meta.json`,
  gatewayConfig: `${base}/Claude-3p/claude_desktop_config.json`,
  config: `${base}/Claude/claude_desktop_config.json`,
})
const linux = under('.config')

const parsed = (files: Readonly<Record<string, string>>): unknown =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [path, JSON.parse(text)]))

const profile = {
  inferenceProvider: 'gateway',
  inferenceGatewayBaseUrl: 'http://127.0.0.1:1',
  inferenceCredentialKind: 'static',
  inferenceGatewayApiKey: 'dummy',
  inferenceGatewayAuthScheme: 'bearer',
  inferenceModels: ['claude-sonnet-4-6', 'claude-haiku-4-5', 'claude-opus-4-6'],
  modelDiscoveryEnabled: false,
  skipWebFetchPreflight: true,
}

const rich = {
  [linux.meta]: `{\n    "entries": [{ "id": "theirs", "name": "Work" }],\n    "appliedId": "theirs"\n}`,
  [linux.config]: '{"deploymentMode":"1p","mcpServers":{"a":{"command":"b"}}}',
  '.config/Claude-3p/configLibrary/theirs.json': '{ "inferenceProvider": "vertex" }',
}

describe('setup claude-desktop', () => {
  test('writes a profile, makes it the applied one, and switches the app to it', async () => {
    expect(parsed(await setUpAndUndo('claude-desktop', setupHome()))).toEqual({
      [linux.profile]: profile,
      [linux.meta]: { entries: [{ id, name: 'AI Nexus' }], appliedId: id },
      [linux.gatewayConfig]: { deploymentMode: '3p' },
      [linux.config]: { deploymentMode: '3p' },
    })
  })

  test("keeps the user's profiles and servers (SU-4)", async () => {
    const written = await setUpAndUndo('claude-desktop', setupHome(rich))
    expect(parsed(written)).toMatchObject({
      [linux.meta]: {
        entries: [
          { id: 'theirs', name: 'Work' },
          { id, name: 'AI Nexus' },
        ],
        appliedId: id,
      },
      [linux.config]: { deploymentMode: '3p', mcpServers: { a: { command: 'b' } } },
    })
    expect(Object.keys(written)).not.toContain('.config/Claude-3p/configLibrary/theirs.json')
  })

  test('gives back the applied profile and the mode, and keeps a profile that was added since (SU-CD1)', async () => {
    const { home, run, files } = setupHome(rich)
    await run('claude-desktop')
    const meta = JSON.parse(files()[linux.meta] ?? '')
    meta.entries.push({ id: 'later', name: 'Later' })
    await Bun.write(join(home, linux.meta), JSON.stringify(meta))
    expect((await run('claude-desktop', '--undo')).code).toBe(0)
    expect(JSON.parse(files()[linux.meta] ?? '')).toEqual({
      entries: [
        { id: 'theirs', name: 'Work' },
        { id: 'later', name: 'Later' },
      ],
      appliedId: 'theirs',
    })
    expect(files()[linux.config]).toBe(rich[linux.config])
    expect(files()[linux.profile]).toBeUndefined()
  })

  test('does not touch inferenceGatewayManagedClaudeCode (SU-CD3)', async () => {
    const own = '{"inferenceGatewayManagedClaudeCode":false}'
    const { run, files } = setupHome({ [linux.profile]: own })
    await run('claude-desktop')
    expect(JSON.parse(files()[linux.profile] ?? '')).toEqual({ inferenceGatewayManagedClaudeCode: false, ...profile })
    expect(JSON.stringify(parsed(await setUpAndUndo('claude-desktop', setupHome())))).not.toContain('ManagedClaudeCode')
  })

  test('says to keep the app closed, and what Cowork needs (SU-CD4)', async () => {
    const { err } = await setupHome().run('claude-desktop')
    expect(err).toMatch(/(?:Keep Claude Desktop closed|Claude Desktop is running: quit it first)/)
    expect(err).toContain('coworkEgressAllowedHosts')
    expect((await setupHome().run('claude-desktop', '--dry-run')).out).not.toContain('coworkEgress')
  })

  test('writes a client token only into a file of its owner, and hides it (SU-3)', async () => {
    const { home, run, files } = setupHome({}, { environment: { NEXUS_CLIENT_TOKEN: 'canary-token-0123456789' } })
    const { out, err } = await run('claude-desktop')
    expect(files()[linux.profile]).toContain('canary-token')
    expect(statSync(join(home, linux.profile)).mode & 0o777).toBe(0o600)
    expect(out + err).not.toContain('canary')
    expect(out).toContain('"inferenceCredentialKind": "static"')
  })

  test('finds the folders of macOS and Windows', async () => {
    const [local] = claudeDesktopSetup.files(windowsMachine)
    expect(local).toBe(`${String.raw`C:\Users\me\AppData\Local\Claude-3p\configLibrary`}\\${id}.json`)
    const { run, home } = setupHome({}, { platform: 'darwin' })
    const { out } = await run('claude-desktop', '--dry-run')
    expect(out).toContain(`${home}/Library/Application Support/Claude-3p/configLibrary/_meta.json`)
  })
})
