import { expect, test } from 'bun:test'
import { settingPath } from '../../src/config/paths.ts'

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
