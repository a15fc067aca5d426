import { describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, symlinkSync } from 'node:fs'
import { basename } from 'node:path'
import { answering, auth, authEnvironment, credentialFile } from '../../../support/auth.ts'
import { writeFile } from '../../../support/files.ts'
import { startOAuth } from '../../../support/oauth.ts'

const setUp = () => {
  const oauth = startOAuth()
  return { ...oauth, environment: authEnvironment(oauth.server, oauth.folder) }
}

describe('auth logout', () => {
  test('deletes the file, and says that its tokens are still valid (AU-O13)', async () => {
    const { folder, environment, calls } = setUp()
    const { code, err } = await auth(['logout', 'team.example', '--yes'], environment)
    expect([code, readdirSync(folder), calls()]).toEqual([0, [], 0])
    expect(err).toContain('Anthropic accepts its tokens until they expire')
  })

  test('asks first; No changes nothing, and without a terminal it needs --yes (AU-O13)', async () => {
    const { path, environment } = setUp()
    const { prompts, questions } = answering('no')
    expect((await auth(['logout', 'team.example'], environment, { prompts })).code).toBe(1)
    expect(questions).toEqual([`Delete ${path}?`])
    expect((await auth(['logout', 'team.example'], environment)).code).toBe(2)
    expect((await auth(['logout', 'team.example', '-y'], { ...environment, NEXUS_ALLOW_OAUTH: 'false' })).code).toBe(2)
    expect(existsSync(path)).toBe(true)
    const yes = answering('yes')
    expect((await auth(['logout', 'team.example'], environment, yes)).code).toBe(0)
    expect(existsSync(path)).toBe(false)
  })

  test('deletes an invalid file, but no API key (AU-O13)', async () => {
    const { folder, environment } = setUp()
    const broken = writeFile(credentialFile(folder, 'broken.example'), '{')
    const key = writeFile(credentialFile(folder, 'key.example'), { type: 'api_key', api_key: 'sk-ant-api03-x' })
    expect((await auth(['logout', 'broken.example', '--yes'], environment)).code).toBe(0)
    expect((await auth(['logout', 'key.example', '--yes'], environment)).code).toBe(2)
    expect([existsSync(broken), existsSync(key)]).toEqual([false, true])
  })

  test('of a host with a port keeps the file of the host, and finds the name without a colon (AU-O13)', async () => {
    const { folder, path, environment } = setUp()
    expect((await auth(['logout', 'team.example:3000', '--yes'], environment)).code).toBe(0)
    expect(existsSync(path)).toBe(true)
    const withPort = writeFile(credentialFile(folder, 'team.example_3000'), {
      type: 'oauth',
      oauth: { accessToken: 'a' },
    })
    expect((await auth(['logout', 'team.example:3000', '--yes'], environment)).code).toBe(0)
    expect([existsSync(path), existsSync(withPort)]).toEqual([true, false])
  })

  test('of a linked file deletes the link, and names the file that still has the tokens (AU-O13)', async () => {
    const { folder, path, environment } = setUp()
    symlinkSync(path, credentialFile(folder, 'linked.example'))
    const { code, err } = await auth(['logout', 'linked.example', '--yes'], environment)
    expect([code, readdirSync(folder)]).toEqual([0, [basename(path)]])
    expect(err).toContain(`It was a link: ${path} still has the tokens.`)
  })

  test('of a domain without a file is no error', async () => {
    const { environment } = setUp()
    expect((await auth(['logout', 'other.example', '--yes'], environment)).code).toBe(0)
  })
})
