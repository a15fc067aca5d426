import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startCli, temporaryFolder } from './cli.ts'

const program = join(import.meta.dir, 'unmanaged-program.ts')

/** A folder with a program of this name: it runs `body` as JavaScript. */
export const stubClient = (name: string, body: string): string => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, name), `#!${process.execPath}\n${body}\n`)
  chmodSync(join(folder, name), 0o755)
  return folder
}

/** Prints its arguments and environment as JSON. */
export const printing = 'console.log(JSON.stringify({ args: process.argv.slice(2), env: process.env }))'

/** Runs a command of ours that starts the program in `folder`. */
export const runWithClient = (args: readonly string[], folder: string, environment: Record<string, string> = {}) =>
  startCli(args, { PATH: `${folder}:${process.env['PATH']}`, ...environment }, program).ended
