import { describe, expect, test } from 'bun:test'
import { claudeCodeLoginPlace } from '../../../src/cli/credentials/claude-code-login.ts'
import type { Machine } from '../../../src/config/paths.ts'

const machineOf = (platform: string, environment: Record<string, string> = {}): Machine => ({
  platform,
  home: '/home/me',
  currentDirectory: '/work',
  environment: { USER: 'me', ...environment },
})

const placeOf = (platform: string, environment: Record<string, string> = {}) => {
  const items: object[] = []
  const place = claudeCodeLoginPlace(machineOf(platform, environment), async (item) => {
    items.push(item)
    return 'text'
  })
  return { ...place, items }
}

describe("the place of Claude Code's own sign-in", () => {
  test('is its file in the home, or in its own folder (AU-O14)', () => {
    expect(placeOf('linux')).toMatchObject({ file: '/home/me/.claude/.credentials.json' })
    expect(placeOf('linux', { CLAUDE_CONFIG_DIR: '/etc/claude' })).toMatchObject({
      file: '/etc/claude/.credentials.json',
    })
    expect(placeOf('linux').readKeychain).toBeUndefined()
    expect(placeOf('win32').readKeychain).toBeUndefined()
  })

  test('on macOS is the item of the keychain with the name of the user, first (AU-O14)', async () => {
    const { readKeychain, items } = placeOf('darwin')
    expect(await readKeychain?.()).toBe('text')
    expect(items).toEqual([{ service: 'Claude Code-credentials', name: 'me' }])
  })

  test('on macOS is the file if Claude Code has a folder of its own (AU-O14)', () => {
    expect(placeOf('darwin', { CLAUDE_CONFIG_DIR: '/etc/claude' }).readKeychain).toBeUndefined()
  })

  test('is a token of claude setup-token, if the environment has one (AU-O15)', () => {
    const { setupToken } = placeOf('linux', { CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-x\n' })
    expect(setupToken?.reveal()).toBe('sk-ant-oat01-x')
    expect(placeOf('linux', { CLAUDE_CODE_OAUTH_TOKEN: '' }).setupToken).toBeUndefined()
  })
})
