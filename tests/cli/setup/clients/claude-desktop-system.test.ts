import { expect, test } from 'bun:test'
import { desktopManagedPath, isDesktopRunning } from '../../../../src/cli/setup/clients/claude-desktop-system.ts'

test("finds a company's configuration of Desktop (SU-CD2)", async () => {
  const only = (wanted: string) => ({ has: (path: string) => path === wanted })
  const mac = '/Library/Managed Preferences/com.anthropic.claudefordesktop.plist'
  expect(await desktopManagedPath({ platform: 'darwin' }, only(mac))).toBe(mac)
  expect(await desktopManagedPath({ platform: 'linux' }, only('/etc/claude-desktop'))).toBe('/etc/claude-desktop')
  expect(await desktopManagedPath({ platform: 'linux' }, only('/elsewhere'))).toBeUndefined()
  const queries: string[] = []
  const registry = (found: string) => ({
    query: async (command: readonly string[]) => {
      queries.push(command.join(' '))
      return command.at(-1) === found ? 'values' : undefined
    },
  })
  const user = String.raw`HKCU\SOFTWARE\Policies\Claude`
  expect(await desktopManagedPath({ platform: 'win32' }, registry(user))).toBe(user)
  expect(await desktopManagedPath({ platform: 'win32' }, registry('none'))).toBeUndefined()
  expect(queries[0]).toBe(String.raw`reg query HKLM\SOFTWARE\Policies\Claude`)
})

test('a running Desktop is found, and Claude Code is not taken for it (SU-CD4)', async () => {
  const lists = (names: readonly string[]) => async (): Promise<string> => `${names.join('\n')}\n`
  const mac = ['/sbin/launchd', '/Applications/Claude.app/Contents/MacOS/Claude']
  expect(await isDesktopRunning({ platform: 'darwin' }, lists(mac))).toBe(true)
  expect(await isDesktopRunning({ platform: 'darwin' }, lists(['/opt/homebrew/bin/claude']))).toBe(false)
  expect(await isDesktopRunning({ platform: 'linux' }, lists(['bash', 'claude-desktop']))).toBe(true)
  expect(await isDesktopRunning({ platform: 'linux' }, lists(['bash', 'claude']))).toBe(false)
  expect(await isDesktopRunning({ platform: 'win32' }, lists(['"Claude.exe","4242","Console","1","9 K"']))).toBe(true)
  const none = lists(['INFO: No tasks are running which match the specified criteria.'])
  expect(await isDesktopRunning({ platform: 'win32' }, none)).toBe(false)
  expect(await isDesktopRunning({ platform: 'linux' }, async () => undefined)).toBe(false)
})
