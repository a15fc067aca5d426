import { attempt } from '../../base/attempt.ts'
import type { Machine } from '../../config/paths.ts'
import { hasProgram, isRemote } from './desktop.ts'

/** Opens a page in the user's browser. */

/** A program with its arguments; the URL follows. No shell reads the URL. */
type Opener = readonly [program: string, ...args: string[]]

const ofWindows = 'rundll32.exe'
const windowsHandler = 'url.dll,FileProtocolHandler'

const openersOf = ({ platform, environment }: Machine): Opener[] => {
  if (platform === 'darwin') return [['open']]
  if (platform === 'win32') return [[ofWindows, windowsHandler]]
  return [
    ...(environment['WAYLAND_DISPLAY'] || environment['DISPLAY'] ? [['xdg-open'] as const] : []),
    // Windows Subsystem for Linux.
    ...(environment['WSL_DISTRO_NAME'] ? [['wslview'] as const, [ofWindows, windowsHandler] as const] : []),
    ...(environment['TERMUX_VERSION'] ? [['termux-open-url'] as const] : []),
  ]
}

const openerOf = (machine: Machine): Opener | undefined =>
  isRemote(machine) ? undefined : openersOf(machine).find(([program]) => hasProgram(program, machine))

/** Whether the user has a browser on this machine, as far as a program can know. */
export const hasBrowser = (machine: Machine): boolean => openerOf(machine) !== undefined

/** Does not wait: some openers run as long as the browser. The user gets the URL in any case. */
export const openBrowser = (url: string, machine: Machine): void => {
  const opener = openerOf(machine)
  if (opener === undefined) return
  attempt(() =>
    Bun.spawn([...opener, url], {
      stdio: ['ignore', 'ignore', 'ignore'],
      env: { ...machine.environment },
      windowsHide: true,
    }).unref(),
  )
}
