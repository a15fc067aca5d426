import { UsageError } from '../../base/usage-error.ts'
import { type CommandConfig, readConfig } from '../config/config-input.ts'
import { readSetUp, type SetUp } from '../config/set-up.ts'
import type { Flags } from '../parse/parsed-arguments.ts'
import type { Io } from '../terminal/io.ts'

/** The input of every check. */
export interface DoctorContext {
  readonly io: Io
  readonly flags: Flags
  /** Undefined if the configuration has an error. */
  readonly setUp: SetUp | undefined
  /** The values that could be read, even if the configuration has an error. */
  readonly loaded: CommandConfig | undefined
  /** The error of the configuration. */
  readonly fault: UsageError | undefined
  readonly isSimulated: boolean
  /** Whether to send no requests. */
  readonly isOffline: boolean
}

const attempt = async <T>(read: () => Promise<T>): Promise<T | UsageError> => {
  try {
    return await read()
  } catch (error) {
    if (error instanceof UsageError) return error
    throw error
  }
}

/** Resolves for a wrong configuration, too: doctor reports its error. */
export const readDoctorContext = async (flags: Flags, io: Io): Promise<DoctorContext> => {
  const common = { io, flags, isSimulated: flags['simulate'] === true, isOffline: flags['offline'] === true }
  const setUp = await attempt(() => readSetUp(flags, io))
  if (!(setUp instanceof UsageError)) return { ...common, setUp, loaded: setUp.loaded, fault: undefined }
  const loaded = await attempt(() => readConfig(flags, io, { isTolerant: true }))
  return { ...common, setUp: undefined, loaded: loaded instanceof UsageError ? undefined : loaded, fault: setUp }
}

export const fixConfigurationFirst = 'fix the configuration first'
