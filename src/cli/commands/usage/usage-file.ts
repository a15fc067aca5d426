import { existsSync } from 'node:fs'
import { errorCode } from '../../../base/error-code.ts'
import { nameOf } from '../../../base/error-location.ts'
import { UsageError } from '../../../base/usage-error.ts'
import type { Config } from '../../../config/load.ts'
import { absolutePath, settingPath, usualHistoryPath } from '../../../config/paths.ts'
import type { OpenHistory } from '../../../usage/history/open-history.ts'
import { productName } from '../../../version.ts'
import { readConfig } from '../../config/config-input.ts'
import { textFlag } from '../../parse/arguments.ts'
import type { Flags } from '../../parse/parsed-arguments.ts'
import type { Io } from '../../terminal/io.ts'
import { printer } from '../../terminal/printer.ts'
import { shownPaths } from '../../terminal/short-path.ts'

/** The file that the `usage` commands read. */

export interface UsageFile {
  readonly config: Config
  /** Absolute. */
  readonly path: string
  /** The path for messages. */
  readonly shown: string
}

/** The file that the configuration names. */
export const configuredFile = (config: Config, io: Io): UsageFile => {
  const { file } = config.history
  const path = file === undefined ? usualHistoryPath(io.machine) : settingPath(io.machine, file)
  return { config, path, shown: shownPaths(path, io) }
}

/** Reads no secret. `--model` is a filter here, not the setting. Rejects with UsageError. */
const findUsageFile = async (flags: Flags, io: Io): Promise<UsageFile> => {
  const { machine } = io
  const named = textFlag(flags, 'file')
  const { config, warnings } = await readConfig({ ...flags, model: undefined }, io, { secrets: [] })
  for (const warning of warnings) printer(io).warn(warning)
  if (named === undefined) return configuredFile(config, io)
  const path = absolutePath(machine, named)
  if (!existsSync(path)) throw new UsageError(`The file ${named} does not exist.`)
  return { config, path, shown: shownPaths(path, io) }
}

const howToBegin = ({ config, shown }: UsageFile): string =>
  config.history.enabled
    ? `There is no history at ${shown} yet. It begins with the next request that the server answers.`
    : `There is no history at ${shown}. To keep one, start the server with --history, or turn it on for good: ${productName} config set history.enabled true`

const remedies: Readonly<Record<string, string>> = {
  'newer version': `A newer version of ${productName} wrote it. Update this program.`,
  'not a history': 'Another program wrote it. Check the path.',
  'network file system':
    'It is on a network file system, which cannot be shared. Copy it, and read the copy with --file.',
  SQLITE_BUSY: 'Another program has locked it. Try again.',
}

/** Names of SQLite's errors and of the file system's. */
const failureCode = /^[A-Z]+(?:_[A-Z]+)*$/

/** Throws the error itself if it is not one of the file. */
const explain = (error: unknown, { shown }: UsageFile): never => {
  const reason = errorCode(error) ?? nameOf(error)
  if (remedies[reason] === undefined && !failureCode.test(reason)) throw error
  const remedy = remedies[reason] ?? 'Check your permissions, and whether the file is damaged.'
  throw new UsageError(`The history ${shown} cannot be used (${reason}). ${remedy}`)
}

/** Resolves after the other work that waits. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/**
 * Runs the work with the history's file, and resolves to its exit code: 1 if the work finds no history, which is
 * undefined. Rejects with UsageError.
 */
export const withUsageFile = async (
  flags: Flags,
  io: Io,
  work: (file: UsageFile) => Promise<number | undefined>,
): Promise<number> => {
  const file = await findUsageFile(flags, io)
  const outcome = await work(file).catch((error) => explain(error, file))
  if (outcome !== undefined) return outcome
  printer(io).info(howToBegin(file))
  return 1
}

/** Opens the history for the time of the work, which does not see later requests. Resolves to undefined without one. */
export const whileOpen = async <T>(
  { path }: UsageFile,
  work: (history: OpenHistory) => Promise<T>,
): Promise<T | undefined> => {
  const { openHistory } = await import('../../../usage/history/open-history.ts')
  const history = await openHistory(path, { now: () => performance.now(), date: Date.now, turn })
  if (history === undefined) return undefined
  try {
    return await work(history)
  } finally {
    history.close()
  }
}
