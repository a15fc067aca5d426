import { win32 } from 'node:path'
import { UsageError } from '../../base/usage-error.ts'
import type { Machine } from '../../config/paths.ts'

/** Builds the command that starts a program with unchanged arguments. */

export interface ProgramCommand {
  readonly command: string
  readonly args: readonly string[]
  /** On Windows: the arguments are already one command line. */
  readonly isVerbatim: boolean
}

/** Quotes an argument for Windows programs: escapes quotes and the backslashes before them. */
export const runtimeQuote = (argument: string): string =>
  `"${argument.replace(/(\\*)"/g, String.raw`$1$1\"`).replace(/(\\+)$/, '$1$1')}"`

/** Escapes all characters that cmd interprets; also quotes, so that cmd never treats text as quoted. */
const careted = (text: string): string => text.replace(/[()\][%!^"`<>&|;, *?]/g, '^$&')

/** Escapes twice, because cmd reads the arguments again for `%*` in the batch file. */
const batchArgument = (argument: string): string => careted(careted(runtimeQuote(argument)))

const isBatch = (path: string): boolean => /\.(?:cmd|bat)$/i.test(path)

/** Throws UsageError for an argument that a batch file cannot receive. */
const batchCommand = (path: string, args: readonly string[], shell: string): ProgramCommand => {
  if (args.some((argument) => /[\r\n]/.test(argument)))
    throw new UsageError(`${path} is a batch file: it cannot receive an argument with a line break.`)
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
