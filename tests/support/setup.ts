import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type CliOptions, type CliResult, cli } from './cli.ts'

/** `setup` in a home of its own. No server listens at port 1. */

export const silentUrl = 'http://127.0.0.1:1'

export interface SetupHome {
  readonly folder: string
  readonly environment?: Readonly<Record<string, string>>
}

export const setup = (
  { folder, environment = {} }: SetupHome,
  args: readonly string[],
  options: CliOptions = {},
): Promise<CliResult> => cli(['setup', ...args], { HOME: folder, NEXUS_PORT: '1', ...environment }, folder, options)

/** Everything in a folder: the text of files by path, null for an empty folder. */
export const tree = (folder: string, root = folder): Record<string, string | null> =>
  Object.fromEntries(
    readdirSync(folder)
      .sort()
      .flatMap((name): [string, string | null][] => {
        const path = join(folder, name)
        if (!lstatSync(path).isDirectory()) return [[relative(root, path), readFileSync(path, 'utf8')]]
        const inner = Object.entries(tree(path, root))
        return inner.length === 0 ? [[relative(root, path), null]] : inner
      }),
  )

/** The files of a client: without the journal. */
export const clientTree = (folder: string): Record<string, string | null> =>
  Object.fromEntries(Object.entries(tree(folder)).filter(([path]) => !path.startsWith('.local/state')))

export const journalOf = (folder: string, client: string): string =>
  join(folder, '.local', 'state', 'nexus-claude-api', 'setup', `${client}.json`)

export const copiesOf = (folder: string, client: string): string[] => {
  const path = journalOf(folder, client).replace(/json$/, 'copies')
  return existsSync(path) ? readdirSync(path).map((name) => join(path, name)) : []
}
