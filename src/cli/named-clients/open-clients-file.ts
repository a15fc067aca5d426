import type { Logger } from '../../base/logger.ts'
import { namedTokensOf } from '../../config/client-tokens.ts'
import type { Config } from '../../config/load.ts'
import { type Machine, settingPath } from '../../config/paths.ts'
import type { ClientEntry } from '../../wire/clients-file.ts'

/** The file of clients that the configuration names. Without one, nothing is loaded that reads it. */

const optionsOf = (config: Config, clientsFile: string, machine: Machine) => ({
  path: settingPath(machine, clientsFile),
  taken: new Set(namedTokensOf(config).keys()),
})

/** Undefined without a file. Rejects with UsageError for a file that cannot be read, or is invalid. */
export const openClientsFile = async (config: Config, log: Logger, machine: Machine) => {
  const { clientsFile } = config
  if (clientsFile === undefined) return undefined
  const { createClientsFile } = await import('./clients-file.ts')
  return createClientsFile({ ...optionsOf(config, clientsFile, machine), log, now: () => performance.now() })
}

/** The clients that the file has now; none without a file. Rejects with UsageError, as `openClientsFile` does. */
export const readConfiguredClients = async (config: Config, machine: Machine): Promise<readonly ClientEntry[]> => {
  const { clientsFile } = config
  if (clientsFile === undefined) return []
  const { readClientsFile } = await import('./clients-file.ts')
  const { path, taken } = optionsOf(config, clientsFile, machine)
  return readClientsFile(path, taken)
}
