import { win32 } from 'node:path'
import { UsageError } from '../../base/usage-error.ts'
import type { Machine } from '../../config/paths.ts'

/** How a program is started by its path, with arguments that arrive as they are. */

export interface ProgramCommand {
  readonly command: string
  readonly args: readonly string[]
  /** The arguments are Windows' one line already. */
  readonly isVerbatim: boolean
}

/** As Windows' programs take their line apart: in quotes, each quote and the backslashes before it escaped. */
export const runtimeQuote = (argument: string): string =>
  `"${argument.replace(/(\\*)"/g, String.raw`$1$1\"`).replace(/(\\+)$/, '$1$1')}"`

/** What cmd acts on, quotes included, so that it never thinks itself inside of any. */
const careted = (text: string): string => text.replace(/[()\][%!^"`<>&|;, *?]/g, '^$&')

/** A batch file's own line, with `%*` in it, is read by cmd a second time. */
const batchArgument = (argument: string): string => careted(careted(runtimeQuote(argument)))

const isBatch = (path: string): boolean => /\.(?:cmd|bat)$/i.test(path)

/** Throws UsageError for what a batch file cannot be given. */
const batchCommand = (path: string, args: readonly string[], shell: string): ProgramCommand => {
  if (args.some((argument) => /[\r\n]/.test(argument)))
    throw new UsageError(`${path} is a batch file, and an argument with a line break does not get through one.`)
  const line = [careted(win32.normalize(path)), ...args.map(batchArgument)].join(' ')
  return { command: shell, args: ['/d', '/s', '/c', `"${line}"`], isVerbatim: true }
}

/** Throws UsageError. */
export const programCommand = (
  path: string,
  args: readonly string[],
  { platform, environment }: Pick<Machine, 'platform' | 'environment'>,
): ProgramCommand =>
  platform === 'win32' && isBatch(path)
    ? batchCommand(path, args, environment['ComSpec'] || 'cmd.exe')
    : { command: path, args, isVerbatim: false }
