import { UsageError } from '../../base/usage-error.ts'
import { type CommandConfig, readConfig } from '../config/config-input.ts'
import { readSetUp, type SetUp } from '../config/set-up.ts'
import type { Flags } from '../parse/parsed-arguments.ts'
import type { Io } from '../terminal/io.ts'

/** What doctor has to go by. */
export interface DoctorContext {
  readonly io: Io
  readonly flags: Flags
  /** Undefined where something about it is wrong. */
  readonly setUp: SetUp | undefined
  /** What could be read all the same. */
  readonly loaded: CommandConfig | undefined
  /** What is wrong with it. */
  readonly fault: UsageError | undefined
  readonly isSimulated: boolean
  /** Nothing is to be sent. */
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

/** A configuration that is at fault ends nothing: doctor is there to tell of it. */
export const readDoctorContext = async (flags: Flags, io: Io): Promise<DoctorContext> => {
  const common = { io, flags, isSimulated: flags['simulate'] === true, isOffline: flags['offline'] === true }
  const setUp = await attempt(() => readSetUp(flags, io))
  if (!(setUp instanceof UsageError)) return { ...common, setUp, loaded: setUp.loaded, fault: undefined }
  const loaded = await attempt(() => readConfig(flags, io, { isTolerant: true }))
  return { ...common, setUp: undefined, loaded: loaded instanceof UsageError ? undefined : loaded, fault: setUp }
}

export const configurationIsAtFault = 'the configuration has to be mended first'
