import { UsageError } from '../../base/usage-error.ts'
import { localUrl } from '../clients/connection.ts'
import { launchTarget } from '../clients/host.ts'
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
  /** The server's own URL for clients on this machine; undefined if its address cannot be read. */
  readonly url: string | undefined
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

const urlOf = async ({ config }: CommandConfig, { machine }: Io): Promise<string> => {
  const target = await attempt(() => launchTarget(config, config.port, { machine }))
  // Another check reports the certificate.
  const host = target instanceof UsageError ? config.host : target.host
  return localUrl({ ...config, host }, config.port)
}

/** Resolves for a wrong configuration, too: doctor reports its error. */
export const readDoctorContext = async (flags: Flags, io: Io): Promise<DoctorContext> => {
  const common = { io, flags, isSimulated: flags['simulate'] === true, isOffline: flags['offline'] === true }
  const setUp = await attempt(() => readSetUp(flags, io))
  if (!(setUp instanceof UsageError)) {
    const { loaded } = setUp
    return { ...common, setUp, loaded, url: await urlOf(loaded, io), fault: undefined }
  }
  const loaded = await attempt(() => readConfig(flags, io, { isTolerant: true }))
  const failed = { ...common, setUp: undefined, fault: setUp }
  if (loaded instanceof UsageError) return { ...failed, loaded: undefined, url: undefined }
  return { ...failed, loaded, url: await urlOf(loaded, io) }
}

export const fixConfigurationFirst = 'fix the configuration first'
