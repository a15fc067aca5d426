import { describe, expect, test } from 'bun:test'
import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hasBrowser, openBrowser } from '../../../src/cli/system/open-browser.ts'
import type { Machine } from '../../../src/config/paths.ts'
import { temporaryFolder } from '../../support/cli.ts'
import { writeFile } from '../../support/files.ts'
import { waitUntil } from '../../support/wait-until.ts'

const url = "https://a.example/?a=1&b='$(touch x)'"

/** Openers that write their last argument to a file. */
const machineWith = (programs: readonly string[], environment: object = {}, platform = 'linux') => {
  const folder = temporaryFolder()
  const seen = join(folder, 'seen')
  for (const name of programs) {
    const path = writeFile(
      join(folder, name),
      `#!/bin/sh\nfor last; do :; done\nprintf %s "${name} $last" >'${seen}'\n`,
    )
    chmodSync(path, 0o755)
  }
  const machine: Machine = {
    platform,
    home: folder,
    currentDirectory: folder,
    environment: { PATH: folder, ...environment },
  }
  return { machine, seen }
}

const cases: [string, readonly string[], object, string][] = [
  ['a desktop with X', ['xdg-open'], { DISPLAY: ':0' }, 'xdg-open'],
  ['a desktop with Wayland', ['xdg-open'], { WAYLAND_DISPLAY: 'wayland-0' }, 'xdg-open'],
  ['Windows Subsystem for Linux', ['wslview', 'rundll32.exe'], { WSL_DISTRO_NAME: 'Ubuntu' }, 'wslview'],
  ['the same without wslview', ['rundll32.exe'], { WSL_DISTRO_NAME: 'Ubuntu' }, 'rundll32.exe'],
  ['Termux', ['termux-open-url'], { TERMUX_VERSION: '1' }, 'termux-open-url'],
]

describe('the browser', () => {
  test.each(cases)(
    'of %s opens the page, and no shell reads the URL (AU-O13)',
    async (_name, programs, variables, opener) => {
      const { machine, seen } = machineWith(programs, variables)
      expect(hasBrowser(machine)).toBe(true)
      openBrowser(url, machine)
      await waitUntil(() => existsSync(seen) && readFileSync(seen, 'utf8') !== '')
      expect(readFileSync(seen, 'utf8')).toBe(`${opener} ${url}`)
    },
  )

  test('of macOS and Windows is opened by a program of the system', () => {
    expect(hasBrowser(machineWith(['open'], {}, 'darwin').machine)).toBe(true)
    expect(hasBrowser(machineWith([], {}, 'win32').machine)).toBe(true)
  })

  test('is missing without a display, without an opener, and in a remote shell (AU-O13)', () => {
    expect(hasBrowser(machineWith(['xdg-open']).machine)).toBe(false)
    expect(hasBrowser(machineWith([], { DISPLAY: ':0' }).machine)).toBe(false)
    expect(hasBrowser(machineWith(['xdg-open'], { DISPLAY: ':0', SSH_CONNECTION: 'a' }).machine)).toBe(false)
  })

  test('that cannot be started is no error: the user has the URL', () => {
    const { machine } = machineWith([], { DISPLAY: ':0' })
    writeFile(join(machine.home, 'xdg-open'), 'not a program')
    expect(() => openBrowser(url, machine)).not.toThrow()
  })
})
