import { describe, expect, test } from 'bun:test'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { auth, authEnvironment, credentialFile } from '../../../support/auth.ts'
import { temporaryFolder } from '../../../support/cli.ts'
import { writeFile } from '../../../support/files.ts'
import { hourMs } from '../../../support/oauth.ts'

const nowhere = { tokenUrl: 'http://127.0.0.1:9/v1/oauth/token', authorizeUrl: 'http://127.0.0.1:9/oauth/authorize' }

const setUp = (files: Readonly<Record<string, unknown>>, mode = 0o600) => {
  const folder = join(temporaryFolder(), 'credentials')
  for (const [domain, value] of Object.entries(files)) chmodSync(writeFile(credentialFile(folder, domain), value), mode)
  return { folder, environment: authEnvironment(nowhere, folder) }
}

const oauth = (members: object) => ({
  type: 'oauth',
  oauth: { accessToken: 'sk-ant-oat01-aaaaaaaaaaaa', scopes: ['user:inference'], isMax: false, ...members },
})

const valid = {
  'a.example': { type: 'api_key', api_key: 'sk-ant-api03-bbbbbbbbbbbb' },
  'b.example': oauth({ refreshToken: 'sk-ant-ort01-cccccccccccc', expiresAt: Date.now() + 5.5 * hourMs }),
  'c.example': oauth({ refreshToken: 'sk-ant-ort01-dddddddddddd', expiresAt: 1 }),
}

describe('auth status', () => {
  test('has a block for each file, without a key, and ends with 0 (AU-O13)', async () => {
    const { environment } = setUp(valid)
    const { code, out, err } = await auth(['status'], environment)
    expect([code, err]).toEqual([0, ''])
    expect(out).toBe(`a.example
  file        a.example.credentials.json
  type        API key
  key         sk-ant-…(25 characters)
  mode        600

b.example
  file        b.example.credentials.json
  type        OAuth
  token       sk-ant-…(25 characters)
  expires     in 5 h
  renewable   yes
  scopes      user:inference
  mode        600

c.example
  file        c.example.credentials.json
  type        OAuth
  token       sk-ant-…(25 characters)
  expires     expired
  renewable   yes
  scopes      user:inference
  mode        600
`)
  })

  test('shows no character that controls the terminal (AU-O13)', async () => {
    const file = oauth({ refreshToken: 'r', expiresAt: 1, scopes: ['a\u001b[31m scope'] })
    const { environment } = setUp({ 'odd\u202ename': { type: 'api_key', api_key: 'k' }, 'a.example': file })
    const { out } = await auth(['status'], environment)
    expect(out).toContain('  scopes      a [31m scope\n')
    expect(out).toContain('\n\nodd name.credentials.json\n  file        odd name.credentials.json\n')
  })

  test('ends with 1 for an invalid file, and for an expired token that cannot be renewed (AU-O13)', async () => {
    for (const [file, problem] of [
      ['{', 'the file is not JSON'],
      [oauth({ expiresAt: 1 }), 'auth login x.example'],
    ] as const) {
      const { environment } = setUp({ ...valid, 'x.example': file })
      const { code, out } = await auth(['status', '--json'], environment)
      expect(code).toBe(1)
      const entries = JSON.parse(out) as { domain: string; problem: string | null }[]
      const problems = entries.filter((entry) => entry.problem !== null)
      expect(problems.map(({ domain }) => domain)).toEqual(['x.example'])
      expect(problems[0]?.problem).toContain(problem)
    }
  })

  test('prints JSON for a script, without a key (AU-O13)', async () => {
    const { environment } = setUp({ 'b.example': valid['b.example'] }, 0o644)
    const { code, out } = await auth(['status', '--json'], environment)
    expect(code).toBe(0)
    expect(JSON.parse(out)).toEqual([
      {
        file: 'b.example.credentials.json',
        domain: 'b.example',
        type: 'oauth',
        keys: ['sk-ant-…(25 characters)'],
        expiresInSeconds: expect.any(Number),
        renewable: true,
        scopes: ['user:inference'],
        mode: '644',
        problem: null,
        warning: expect.stringContaining('chmod 600'),
      },
    ])
  })

  test('says that a folder is missing or empty', async () => {
    const { environment, folder } = setUp({})
    const missing = await auth(['status'], environment)
    expect([missing.code, missing.out]).toEqual([1, ''])
    expect(missing.err).toContain(`${folder} cannot be used: it does not exist`)
    writeFile(join(folder, 'other.json'), {})
    const empty = await auth(['status'], environment)
    expect([empty.code, empty.out, empty.err.includes('no file of credentials')]).toEqual([0, '', true])
  })

  test('needs the switch and a folder (AU-O13)', async () => {
    const { environment } = setUp(valid)
    expect((await auth(['status'], { ...environment, NEXUS_ALLOW_OAUTH: 'false' })).code).toBe(2)
    expect((await auth(['status'], { NEXUS_ALLOW_OAUTH: 'true' })).code).toBe(2)
  })
})
