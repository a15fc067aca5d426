import { expect, test } from 'bun:test'
import { setupHome } from '../../../support/client-setup.ts'

for (const [client, title] of [
  ['cline', 'Cline'],
  ['roo', 'Roo Code'],
] as const)
  test(`setup ${client} prints the fields to type, and writes nothing (SU-3, SU-13)`, async () => {
    const { run, files } = setupHome({}, { environment: { NEXUS_CLIENT_TOKEN: 'canary-token-0123456789' } })
    const { code, out, err } = await run(client)
    expect(code).toBe(0)
    expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['API Provider', 'Anthropic'],
      ['Use custom base URL', 'on'],
      ['Base URL', 'http://127.0.0.1:1'],
      ['API Key', 'the client token'],
      ['Model', 'claude-sonnet-4-6'],
      [''],
    ])
    expect(err).toContain(`Type these values into the settings of ${title}:`)
    expect((await setupHome().run(client)).out).toContain('dummy')
    const undone = await run(client, '--undo')
    expect([undone.code, undone.err]).toEqual([0, `${title}: nothing to undo.\n`])
    expect((await run('--list')).out).toMatch(new RegExp(`^${client} +${title} +no file that setup can change$`, 'm'))
    expect(files()).toEqual({})
  })
