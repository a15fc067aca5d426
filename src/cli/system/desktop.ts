import { existsSync } from 'node:fs'
import { posix } from 'node:path'
import type { Machine } from '../../config/paths.ts'

/** What the user's desktop offers to a program in a terminal. */

/** In a remote shell, the user's clipboard and browser are on another machine. */
export const isRemote = ({ environment }: Machine): boolean =>
  Boolean(environment['SSH_TTY'] || environment['SSH_CONNECTION'] || environment['SSH_CLIENT'])

/** Whether the PATH has the program. On Windows, the callers name programs of the system. */
export const hasProgram = (program: string, { platform, environment }: Machine): boolean =>
  platform === 'win32' ||
  (environment['PATH'] ?? '').split(posix.delimiter).some((folder) => existsSync(posix.join(folder, program)))
