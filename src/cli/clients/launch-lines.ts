import { UsageError } from '../../base/usage-error.ts'
import type { Machine } from '../../config/paths.ts'
import type { SetUp } from '../config/set-up.ts'
import { choiceFlag } from '../parse/arguments.ts'
import type { Flags } from '../parse/parsed-arguments.ts'
import { type Copied, copy } from '../system/clipboard.ts'
import type { Io } from '../terminal/io.ts'
import { printer } from '../terminal/printer.ts'
import type { ClientName } from './client.ts'
import { tokenNotes } from './connection.ts'
import { ownShell } from './detect-shell.ts'
import { clientOf } from './registry.ts'
import { launchLine, type Shell, shells, shellWord } from './shells.ts'

/** Prints and copies the commands that start clients, for a server that runs on its own. */

export interface LaunchLines {
  readonly shell: Shell
  readonly clients: readonly ClientName[]
  readonly isPrinted: boolean
  readonly isCopied: boolean
}

const flagOf: Readonly<Record<ClientName, string>> = {
  claude: 'claude-code',
  codex: 'codex',
  opencode: 'opencode',
}

const oneCommand = '--copy copies one command: choose one of --claude-code, --codex and --opencode.'

/** Undefined without a client's flag and --copy. Rejects with UsageError. */
export const readLaunchLines = async (flags: Flags, machine: Machine): Promise<LaunchLines | undefined> => {
  const shell = choiceFlag(flags, 'shell', shells)
  const named = (Object.keys(flagOf) as ClientName[]).filter((name) => flags[flagOf[name]] === true)
  const isCopied = flags['copy'] === true
  if (named.length === 0 && !isCopied) return undefined
  if (named.length > 1 && isCopied) throw new UsageError(oneCommand)
  const isPrinted = named.length > 0
  return { shell: shell ?? (await ownShell(machine)), clients: isPrinted ? named : ['claude'], isPrinted, isCopied }
}

const copiedWords = (copied: Copied, title: string): string => {
  switch (copied.kind) {
    case 'done':
      return `  Copied the command that starts ${title} (with ${copied.program}).\n`
    case 'handed-over':
      return '  Copied the command below to the clipboard, if your terminal allows it.\n'
    case 'impossible':
      return 'warning: no clipboard is available; copy the command below by hand.\n'
  }
}

const reportLine = async (
  { shell, isPrinted, isCopied }: LaunchLines,
  name: ClientName,
  setUp: SetUp,
  port: number,
  io: Io,
): Promise<void> => {
  const { config } = setUp.loaded
  const { title, plan } = clientOf(name)
  const { environment, args, notes } = await plan(setUp, { config, port }, io)
  const line = launchLine(shell, environment, [name, ...args].map((word) => shellWord(shell, word)).join(' '))
  for (const note of [...notes, ...tokenNotes(config)]) printer(io).info(note)
  const copied = isCopied ? await copy(line, io) : undefined
  if (copied !== undefined) printer(io).info(copiedWords(copied, title))
  // Prints the line if it may not be on the clipboard.
  if (!isPrinted && copied?.kind === 'done') return
  if (config.logging.format !== 'json') printer(io).info(`  To start ${title}:`)
  io.out(`${line}\n`)
}

/** Rejects with UsageError if a shell cannot express a command, or the server cannot serve a client. */
export const reportLaunch = async (lines: LaunchLines, setUp: SetUp, port: number, io: Io): Promise<void> => {
  for (const name of lines.clients) await reportLine(lines, name, setUp, port, io)
}
