import { accessSync, constants, existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ArgsDef } from 'citty'
import { errorCode } from '../../../base/error-code.ts'
import { linkTarget } from '../../../base/files/replace-file.ts'
import { printableName } from '../../../base/printable-name.ts'
import { UsageError } from '../../../base/usage-error.ts'
import { settingPath } from '../../../config/paths.ts'
import { stateOfFile } from '../../../upstreams/anthropic/credentials/credential-file.ts'
import { domainOfFile, fileNamesOf, toDomainName } from '../../../upstreams/anthropic/credentials/domain-name.ts'
import { productName } from '../../../version.ts'
import { type CommandConfig, readConfig } from '../../config/config-input.ts'
import { checkTokenEncryption } from '../../config/set-up.ts'
import { commonFlags } from '../../parse/arguments.ts'
import { settingFlagsNamed, sourceFlags } from '../../parse/config-flags.ts'
import type { Flags } from '../../parse/parsed-arguments.ts'
import type { Io } from '../../terminal/io.ts'
import { printer } from '../../terminal/printer.ts'
import { shownPaths } from '../../terminal/short-path.ts'

/** Flags and arguments that the `auth` commands share. */

export const authFlags = (...others: readonly string[]): ArgsDef => ({
  ...settingFlagsNamed('credentials-dir', 'allow-oauth', ...others),
  ...sourceFlags,
  ...commonFlags,
})

export const domainArgument = (required: boolean): ArgsDef => ({
  domain: {
    type: 'positional',
    required,
    description: `Host by which clients reach the server, with the port if they send one${required ? '' : ' (default localhost and the port)'}`,
  },
})

export interface AuthSetUp {
  readonly loaded: CommandConfig
  readonly config: CommandConfig['config']
  /** Absolute. */
  readonly folder: string
}

/** The terms, in one line: every command of the group needs the switch (AU-O13). */
const switchNeeded = `OAuth credentials are off. Read docs/upstreams/anthropic.md#oauth, then pass --allow-oauth, or set it for good: ${productName} config set anthropic.allowOauth true`

const folderNeeded = `Name the folder of credentials: --credentials-dir <folder>, or ${productName} config set anthropic.credentialsDir <folder>`

/** For commands that send tokens. Rejects with UsageError like `readAuth`, and if they would be sent unencrypted. */
export const readAuthToSend = async (flags: Flags, io: Io): Promise<AuthSetUp> => {
  const setUp = await readAuth(flags, io)
  checkTokenEncryption(setUp.loaded)
  return setUp
}

/** Reads the configuration for the upstream `anthropic`, without its secrets. Rejects with UsageError. */
export const readAuth = async (flags: Flags, io: Io): Promise<AuthSetUp> => {
  const loaded = await readConfig({ ...flags, upstream: 'anthropic' }, io, { secrets: [] })
  const { config, warnings } = loaded
  for (const warning of warnings) printer(io).warn(warning)
  const { allowOauth, credentialsDir } = config.anthropic
  if (!allowOauth) throw new UsageError(switchNeeded)
  if (credentialsDir === undefined) throw new UsageError(folderNeeded)
  return { loaded, config, folder: settingPath(io.machine, credentialsDir) }
}

export interface CredentialPlace {
  readonly domain: string
  readonly path: string
  /** The path for messages. */
  readonly shown: string
  readonly isThere: boolean
}

/** The file of a domain: the one that exists, otherwise the one to create. Throws UsageError for an invalid name. */
export const placeOf = (given: string, { folder }: AuthSetUp, io: Io): CredentialPlace => {
  const domain = toDomainName(given)
  // Not the file of the host without its port, which serves other domains, too.
  const names = (domain === undefined ? [] : fileNamesOf(domain, io.machine.platform === 'win32')).filter(
    (name) => domainOfFile(name) === domain,
  )
  const isFile = (name: string): boolean => {
    try {
      return stateOfFile(join(folder, name)) !== undefined
    } catch (error) {
      throw new UsageError(`The folder ${folder} cannot be read (${errorCode(error) ?? 'unknown'}).`)
    }
  }
  const found = names.find(isFile)
  const fileName = found ?? names[0]
  if (domain === undefined || fileName === undefined) {
    throw new UsageError(
      `The domain${printableName(given)} is not valid. Use the host by which clients reach the server: team.example or localhost:3000.`,
    )
  }
  const path = join(folder, fileName)
  return { domain, path, shown: shownPaths(path, io), isThere: found !== undefined }
}

/**
 * Checks that a file can be replaced before its tokens are requested: a refresh token and a code can be used once.
 * Throws UsageError.
 */
export const checkWritable = ({ path, shown }: CredentialPlace): void => {
  const target = linkTarget(path)
  try {
    accessSync(dirname(target), constants.W_OK)
    if (existsSync(target)) accessSync(target, constants.W_OK)
  } catch (error) {
    throw new UsageError(`${shown} cannot be written (${errorCode(error) ?? 'unknown'}). Check your permissions.`)
  }
}
