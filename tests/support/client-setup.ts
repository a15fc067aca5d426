import { expect } from 'bun:test'
import { existsSync, lstatSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine } from '../../src/config/paths.ts'
import { type CliOptions, type CliResult, temporaryFolder } from './cli.ts'
import { writeFile } from './files.ts'
import { clientTree, journalOf, setup } from './setup.ts'

/** For paths only: no file is there. */
export const windowsMachine: Machine = {
  platform: 'win32',
  home: String.raw`C:\Users\me`,
  currentDirectory: String.raw`C:\Users\me`,
  environment: {},
}

/** Texts by path from the home folder; null for an empty folder. */
type Files = Readonly<Record<string, string | null>>

export interface ClientHome {
  readonly home: string
  files(): Files
  /** Runs `setup`, with `--yes`. */
  run(...args: readonly string[]): Promise<CliResult>
}

interface HomeOptions extends CliOptions {
  readonly environment?: Readonly<Record<string, string>>
}

/** A home folder with these files. */
export const setupHome = (
  files: Readonly<Record<string, string>> = {},
  { environment = {}, ...options }: HomeOptions = {},
): ClientHome => {
  const home = temporaryFolder()
  for (const [path, text] of Object.entries(files)) writeFile(join(home, path), text)
  return {
    home,
    files: () => clientTree(home),
    run: (...args) => setup({ folder: home, environment }, [...args, '--yes'], options),
  }
}

const modifiedIn = (home: string, files: Files): readonly number[] =>
  Object.keys(files).map((path) => lstatSync(join(home, path)).mtimeMs)

/**
 * Sets a client up twice, and undoes it twice. Throws unless the second time changes nothing and the files are the same
 * again. Returns the files between, without those that did not change.
 */
export const setUpAndUndo = async (
  client: string,
  { home, files, run }: ClientHome,
  ...flags: readonly string[]
): Promise<Readonly<Record<string, string>>> => {
  const before = files()
  const dry = await run(client, '--dry-run', ...flags)
  expect([dry.code, files()]).toEqual([0, before])
  expect((await run(client, ...flags)).code).toBe(0)
  const written = files()
  const times = modifiedIn(home, written)
  const again = await run(client, ...flags)
  expect([again.code, again.err]).toEqual([0, expect.stringContaining('nothing to change')])
  expect([files(), modifiedIn(home, written)]).toEqual([written, times])
  expect((await run(client, '--undo')).code).toBe(0)
  expect(files()).toEqual(before)
  const undone = await run(client, '--undo')
  expect([undone.code, undone.err]).toEqual([0, expect.stringContaining('nothing to undo')])
  expect(existsSync(journalOf(home, client))).toBe(false)
  const changed = Object.entries(written).filter(([path, text]) => before[path] !== text)
  return Object.fromEntries(changed.map(([path, text]) => [path, String(text)]))
}
