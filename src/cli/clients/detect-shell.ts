import type { Machine } from '../../config/paths.ts'
import { processName } from '../system/process-name.ts'
import { type Shell, shells } from './shells.ts'

/** Detects the user's shell, for a command to paste there. */

const isShell = (name: string): name is Shell => shells.some((shell) => shell === name)

/** `/bin/zsh`, `-bash`, `PWSH.EXE` as the shell's own name. */
const shellName = (program: string | undefined): Shell | undefined => {
  const name =
    program
      ?.split(/[/\\]/)
      .at(-1)
      ?.replace(/^-|\.exe$/gi, '')
      .trim()
      .toLowerCase() ?? ''
  return isShell(name) ? name : undefined
}

interface ShellHints extends Pick<Machine, 'platform' | 'environment'> {
  /** The program that started this one, if it is known. */
  readonly parent: string | undefined
}

/**
 * Returns the parent program if it is a shell, but not the shell of a script runner, into which users cannot type.
 * Otherwise returns the login shell; on Windows Git Bash by its variable, or PowerShell.
 */
export const detectShell = ({ platform, environment, parent }: ShellHints): Shell => {
  const own = environment['npm_execpath'] ? undefined : shellName(parent)
  if (own !== undefined) return own
  if (platform === 'win32') return environment['MSYSTEM'] ? 'bash' : 'powershell'
  return shellName(environment['SHELL']) ?? 'bash'
}

/** The same, with the parent program that the system reports. */
export const ownShell = async ({ platform, environment }: Machine): Promise<Shell> =>
  detectShell({ platform, environment, parent: await processName(process.ppid, platform) })
