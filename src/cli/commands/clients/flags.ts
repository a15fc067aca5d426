import { dirname, join } from 'node:path'
import type { ArgsDef } from 'citty'
import { didYouMean } from '../../../base/did-you-mean.ts'
import { printableName } from '../../../base/printable-name.ts'
import { UsageError } from '../../../base/usage-error.ts'
import { settingPath } from '../../../config/paths.ts'
import type { SettingKey } from '../../../config/settings/settings.ts'
import { productName } from '../../../version.ts'
import type { ClientEntry } from '../../../wire/clients-file.ts'
import { type CommandConfig, readConfig } from '../../config/config-input.ts'
import { commonFlags } from '../../parse/arguments.ts'
import { sourceFlags } from '../../parse/config-flags.ts'
import type { Flags } from '../../parse/parsed-arguments.ts'
import type { Io } from '../../terminal/io.ts'
import { printer } from '../../terminal/printer.ts'
import { shownPaths } from '../../terminal/short-path.ts'

/** Flags and arguments that the `clients` commands share. */

export const clientsFlags = (): ArgsDef => ({
  clients: { type: 'string', valueHint: 'file', description: 'Use this file of clients (NEXUS_CLIENTS_FILE)' },
  ...sourceFlags,
  ...commonFlags,
})

export const nameArgument = (valueHint: 'client' | 'name'): ArgsDef => ({
  name: { type: 'positional', required: true, valueHint, description: 'Name of the client' },
})

/** In the folder of the configuration file, if the configuration names no file. */
const usualName = 'clients.json'

export interface ClientsPlace {
  readonly loaded: CommandConfig
  /** Absolute. */
  readonly path: string
  /** The path for messages. */
  readonly shown: string
}

/** The file of the configuration, or the usual one. `secrets`: those to read. Rejects with UsageError. */
export const readClientsPlace = async (
  flags: Flags,
  io: Io,
  secrets: readonly SettingKey[] = [],
): Promise<ClientsPlace> => {
  const loaded = await readConfig(flags, io, { secrets, isTolerant: true })
  const { clientsFile } = loaded.config
  const path =
    clientsFile === undefined ? join(dirname(loaded.places.target), usualName) : settingPath(io.machine, clientsFile)
  return { loaded, path, shown: shownPaths(path, io) }
}

/** Says how the server finds the file, if its configuration does not name it. */
export const reportUse = ({ loaded, shown }: ClientsPlace, io: Io): void => {
  const source = loaded.sources.get('clientsFile')
  if (source !== undefined && !source.startsWith('--')) return
  printer(io).info(
    `For the server to use this file: ${productName} config set clientsFile ${shown}, or start it with --clients ${shown}.`,
  )
}

/** The position of a client in its file. Throws UsageError. */
export const indexOf = (clients: readonly ClientEntry[], name: string, shown: string): number => {
  const names = clients.map((client) => client.name)
  const index = names.indexOf(name)
  if (index !== -1) return index
  throw new UsageError(`${shown} has no client${printableName(name)}.${didYouMean(name, names)}`)
}
