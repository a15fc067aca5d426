import { readFileSync } from 'node:fs'
import { attempt } from '../../base/attempt.ts'

/**
 * Finds out whether this process is in the foreground of its terminal. A shell stops a program that reads the terminal
 * from the background (`start &`, or Ctrl-Z and `bg`).
 */

/** The fields of /proc/self/stat after the program's name, which may contain spaces: state, parent, group, session, terminal, its group. */
const afterName = (stat: string): string[] => stat.slice(stat.lastIndexOf(')') + 2).split(' ')

const onLinux = (): boolean => {
  const [, , group, , , foreground] = afterName(readFileSync('/proc/self/stat', 'utf8'))
  return group === foreground
}

const elsewhere = (): boolean => {
  const { stdout } = Bun.spawnSync(['ps', '-o', 'pgid=,tpgid=', '-p', String(process.pid)], { stderr: 'ignore' })
  const [group, foreground] = stdout.toString().trim().split(/\s+/)
  return group !== undefined && group === foreground
}

/** False if the system does not say it. Windows has no background programs in a console. */
export const isInForeground = (platform: string): boolean =>
  platform === 'win32' || (attempt(platform === 'linux' ? onLinux : elsewhere) ?? false)
