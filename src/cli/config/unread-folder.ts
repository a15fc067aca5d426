import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { attempt } from '../../base/attempt.ts'
import type { Config } from '../../config/load.ts'
import type { Machine } from '../../config/paths.ts'
import type { Flags } from '../parse/parsed-arguments.ts'

/** The folder that the replaced system read by itself. */
const name = 'credentials'

/**
 * Warns about a folder of credentials that is not read: one that the user names with --simulate, which uses none,
 * and one that the user does not name (AU-0d). A repository must not choose the account under which
 * its prompts are answered, so the program reads a folder only if the user names it.
 */
export const unreadFolder = (
  { upstream, anthropic }: Pick<Config, 'upstream' | 'anthropic'>,
  { currentDirectory }: Pick<Machine, 'currentDirectory'>,
  flags: Flags = {},
): string[] => {
  if (upstream !== 'anthropic') return []
  const { credentialsDir } = anthropic
  if (flags['simulate'] === true) {
    return credentialsDir === undefined ? [] : [`--simulate needs no credentials: it does not use ${credentialsDir}.`]
  }
  if (credentialsDir !== undefined) return []
  const folder = join(currentDirectory, name)
  const hasFiles = attempt(() => readdirSync(folder))?.some((file) => file.endsWith('.credentials.json')) === true
  return hasFiles ? [`the files of ${folder} are not used; pass --credentials-dir ${name} to use them.`] : []
}
