import type { Machine } from '../../../config/paths.ts'
import { processName } from '../../system/process-name.ts'
import { type Shell, shells } from './shells.ts'

/** Which shell the person is in, whose line is to be pasted there. */

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
  /** The program that started us, where it can be told. */
  readonly parent: string | undefined
}

/**
 * The program that started us, where it is a shell; but for a script runner's, which nobody types into.
 * Otherwise the login shell; on Windows Git Bash by its mark, or PowerShell.
 */
export const detectShell = ({ platform, environment, parent }: ShellHints): Shell => {
  const own = environment['npm_execpath'] ? undefined : shellName(parent)
  if (own !== undefined) return own
  if (platform === 'win32') return environment['MSYSTEM'] ? 'bash' : 'powershell'
  return shellName(environment['SHELL']) ?? 'bash'
}

/** The same, asking the system who started us. */
export const ownShell = async ({ platform, environment }: Machine): Promise<Shell> =>
  detectShell({ platform, environment, parent: await processName(process.ppid, platform) })
