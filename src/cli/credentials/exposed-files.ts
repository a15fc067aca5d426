import { statSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { holdsSecret } from '../../config/edit.ts'
import type { ConfigFile } from '../../config/files.ts'
import type { Machine } from '../../config/paths.ts'
import { variablesOf } from '../../config/settings/setting.ts'
import { isSecretText, secretSettings } from '../../config/settings/setting-names.ts'

/** Finds files with a secret that other users can access. */

/** All permissions of the group and of others. */
const othersMode = 0o077

const isOpenToOthers = (path: string): boolean => {
  const stats = statSync(path, { throwIfNoEntry: false })
  // A pipe of the shell, as in `--env-file <(...)`, no longer exists after it was read.
  return stats?.isFile() === true && (stats.mode & othersMode) !== 0
}

const secretVariables = secretSettings.flatMap((setting) =>
  variablesOf(setting)
    // A path or a program's name is not a secret.
    .filter((name) => !/_(?:FILE|COMMAND)$/.test(name))
    .map((name) => [name, setting.key] as const),
)

/** Docker puts secrets there, readable by all users of a container that runs only one program. */
const containerSecrets = '/run/secrets/'

/** Returns none on Windows, which has no such modes: there, other users cannot read a user's folder. */
export const exposedFiles = (
  configFiles: readonly ConfigFile[],
  environmentFile: ConfigFile | undefined,
  /** Files that contain only a secret. */
  secretFiles: readonly string[],
  { platform }: Machine,
): string[] => {
  if (platform === 'win32') return []
  const variables = parseEnv(environmentFile?.text ?? '')
  const isSecret = secretVariables.some(([name, key]) => isSecretText(key, variables[name] ?? ''))
  const files = [...configFiles.filter(holdsSecret), ...(environmentFile && isSecret ? [environmentFile] : [])]
  const own = secretFiles.filter((path) => !path.startsWith(containerSecrets))
  return [...files.map(({ path }) => path), ...own].filter(isOpenToOthers)
}

/** For the user. */
export const exposedWords = (path: string): string =>
  `other users of this machine can access ${path}, which contains a secret`
