import { existsSync, readFileSync, unlinkSync } from 'node:fs'
import type { ArgsDef } from 'citty'
import { attempt } from '../../../base/attempt.ts'
import { errorCode } from '../../../base/error-code.ts'
import { exclusively } from '../../../base/files/file-lock.ts'
import { linkTarget } from '../../../base/files/replace-file.ts'
import { UsageError } from '../../../base/usage-error.ts'
import { parseDomainFile } from '../../../upstreams/anthropic/credentials/domain-file.ts'
import { productName } from '../../../version.ts'
import type { Command } from '../../parse/command.ts'
import type { ParsedArguments } from '../../parse/parsed-arguments.ts'
import { confirmed, yesFlag } from '../../terminal/confirmation.ts'
import type { Io } from '../../terminal/io.ts'
import { printer } from '../../terminal/printer.ts'
import { shownPaths } from '../../terminal/short-path.ts'
import { authFlags, type CredentialPlace, domainArgument, placeOf, readAuth } from './flags.ts'

/** Not during a renewal, which would write the file again. Rejects with UsageError. */
const remove = async ({ path, shown }: CredentialPlace): Promise<void> => {
  try {
    await exclusively(linkTarget(path), () => unlinkSync(path))
  } catch (error) {
    throw new UsageError(`${shown} cannot be deleted (${errorCode(error) ?? 'unknown'}). Check your permissions.`)
  }
}

const hasApiKey = ({ path }: CredentialPlace): boolean => {
  const file = parseDomainFile(attempt(() => readFileSync(path, 'utf8')) ?? '')
  return 'credential' in file && file.credential.type === 'api_key'
}

const runLogout = async ({ flags, positionals }: ParsedArguments, io: Io): Promise<number> => {
  const place = placeOf(positionals['domain'] ?? '', await readAuth(flags, io), io)
  const { domain, shown, isThere } = place
  if (!isThere) {
    printer(io).info(`${shown} does not exist: there is no login for ${domain}.`)
    return 0
  }
  if (hasApiKey(place)) throw new UsageError(`${shown} has an API key, which is not a login. Delete the file yourself.`)
  if (!(await confirmed(`Delete ${shown}?`, flags, io))) {
    printer(io).info('Nothing was changed.')
    return 1
  }
  const target = linkTarget(place.path)
  await remove(place)
  printer(io).success(`${shown} is deleted.`)
  if (existsSync(target)) printer(io).warn(`It was a link: ${shownPaths(target, io)} still has the tokens.`)
  printer(io).info('Anthropic accepts its tokens until they expire: no address to revoke them is known.')
  return 0
}

export const authLogoutCommand: Command = {
  name: 'auth logout',
  description: 'Delete the tokens of a domain',
  details: ['Deletes the file. Anthropic accepts its tokens until they expire: no address to revoke them is known.'],
  get args(): ArgsDef {
    return { ...domainArgument(true), ...yesFlag, ...authFlags() }
  },
  examples: [
    { line: `${productName} auth logout team.example`, what: 'Delete the file of a domain, after a question' },
  ],
  run: runLogout,
}
