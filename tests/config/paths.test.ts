import { expect, test } from 'bun:test'
import { settingPath, usualHistoryPath } from '../../src/config/paths.ts'

const posix = { platform: 'linux', home: '/home/me', currentDirectory: '/project', environment: {} }
const windows = { platform: 'win32', home: 'C:\\Users\\me', currentDirectory: 'D:\\project', environment: {} }

test('a path in a setting may begin with ~, and a relative one begins at the current directory', () => {
  const paths = ['~', '~/setup', '~other/setup', 'setup', '../setup', '/etc/setup']
  expect(paths.map((path) => settingPath(posix, path))).toEqual([
    '/home/me',
    '/home/me/setup',
    '/project/~other/setup',
    '/project/setup',
    '/setup',
    '/etc/setup',
  ])
  const windowsPaths = ['~\\setup', '~/setup', 'setup', 'E:\\setup']
  expect(windowsPaths.map((path) => settingPath(windows, path))).toEqual([
    'C:\\Users\\me\\setup',
    'C:\\Users\\me\\setup',
    'D:\\project\\setup',
    'E:\\setup',
  ])
})

test('the history is in the folder for the state of programs (OP-H1)', () => {
  const linux = (environment: Record<string, string>) => usualHistoryPath({ ...posix, environment })
  expect(linux({})).toBe('/home/me/.local/state/nexus-claude-api/usage.sqlite')
  expect(linux({ XDG_STATE_HOME: '/state' })).toBe('/state/nexus-claude-api/usage.sqlite')
  expect(linux({ XDG_STATE_HOME: 'state' })).toBe('/home/me/.local/state/nexus-claude-api/usage.sqlite')
  expect(usualHistoryPath({ ...posix, platform: 'darwin' })).toBe(
    '/home/me/Library/Application Support/nexus-claude-api/usage.sqlite',
  )
  expect(usualHistoryPath(windows)).toBe('C:\\Users\\me\\AppData\\Local\\nexus-claude-api\\usage.sqlite')
  expect(usualHistoryPath({ ...windows, environment: { LOCALAPPDATA: 'E:\\local' } })).toBe(
    'E:\\local\\nexus-claude-api\\usage.sqlite',
  )
})
