import { statSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { holdsSecret } from '../../config/edit.ts'
import type { ConfigFile } from '../../config/files.ts'
import type { Machine } from '../../config/paths.ts'
import { secretSettings } from '../../config/settings/setting-names.ts'

/** Files with a secret in them that is not their owner's alone. */

/** All that a group and others may do. */
const othersMode = 0o077

const isOpenToOthers = (path: string): boolean => {
  const stats = statSync(path, { throwIfNoEntry: false })
  // A pipe of the shell's, as `--env-file <(...)` has it, is gone when it was read.
  return stats?.isFile() === true && (stats.mode & othersMode) !== 0
}

const secretVariables = secretSettings
  .flatMap(({ environment }) => environment)
  // A path is no secret, nor is a program's name.
  .filter((name) => !/_(?:FILE|COMMAND)$/.test(name))

/** Docker and its like put them there, for all in a container that is one program's alone. */
const containerSecrets = '/run/secrets/'

/** Windows keeps its permissions elsewhere; there the user's own folder is closed to others. */
export const exposedFiles = (
  configFiles: readonly ConfigFile[],
  environmentFile: ConfigFile | undefined,
  /** Files that hold a secret and nothing else. */
  secretFiles: readonly string[],
  { platform }: Machine,
): string[] => {
  if (platform === 'win32') return []
  const variables = parseEnv(environmentFile?.text ?? '')
  const isSecret = secretVariables.some((name) => (variables[name] ?? '') !== '')
  const files = [...configFiles.filter(holdsSecret), ...(environmentFile && isSecret ? [environmentFile] : [])]
  const own = secretFiles.filter((path) => !path.startsWith(containerSecrets))
  return [...files.map(({ path }) => path), ...own].filter(isOpenToOthers)
}

/** For people. */
export const exposedWords = (path: string): string => `others on this machine can get at ${path}, which holds a secret`

/** As a shell reads it, and still short where the home folder is written as `~`. */
export const closingCommand = (path: string): string => `chmod 600 ${path.replace(/[^\w./~+:@%,-]/gu, '\\$&')}`
