import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { errorCode } from '../../../base/error-code.ts'
import { UsageError } from '../../../base/usage-error.ts'
import { productName } from '../../../version.ts'
import { runInTerminal, type TerminalProgram } from '../../clients/run-in-terminal.ts'
import { readConfig } from '../../config/config-input.ts'
import type { Command } from '../../parse/command.ts'
import type { ParsedArguments } from '../../parse/parsed-arguments.ts'
import type { Io } from '../../terminal/io.ts'
import { printer } from '../../terminal/printer.ts'
import { shownPaths } from '../../terminal/short-path.ts'
import { configFlags, targetFile } from './flags.ts'

const ownerAlone = 0o600
const ownersFolder = 0o700

/** The user may type a key into the file, so only its owner can read it from the start. Throws UsageError. */
const makeFile = (path: string): void => {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: ownersFolder })
    const file = openSync(path, 'wx', ownerAlone)
    writeSync(file, '{\n}\n')
    closeSync(file)
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return
    throw new UsageError(`Cannot create ${path} (${errorCode(error) ?? 'unknown'}). Use another file: --config.`)
  }
}

/** A shell reads VISUAL and EDITOR, because they may contain arguments. Throws UsageError without an editor. */
const editorFor = (path: string, { machine: { platform, environment } }: Io): TerminalProgram => {
  const editor = environment['VISUAL']?.trim() || environment['EDITOR']?.trim()
  if (platform === 'win32') {
    const [program = 'notepad', ...args] = editor?.split(/\s+/) ?? []
    return { path: program, args: [...args, path], environment }
  }
  if (editor === undefined || editor === '') {
    throw new UsageError(`No editor is set. Set EDITOR, or open the file yourself: ${path}`)
  }
  return { path: '/bin/sh', args: ['-c', `${editor} "$1"`, 'sh', path], environment }
}

const runEdit = async ({ flags }: ParsedArguments, io: Io): Promise<number> => {
  const path = targetFile(flags, io)
  const editor = editorFor(path, io)
  makeFile(path)
  const ended = async (): Promise<number> => {
    try {
      return await runInTerminal(editor, { ...io, platform: io.machine.platform })
    } catch (error) {
      throw new UsageError(`Cannot start the editor (${errorCode(error) ?? 'unknown'}). Correct EDITOR.`)
    }
  }
  const code = await ended()
  if (code !== 0) {
    printer(io).info(`The editor ended with exit code ${code}.`)
    return 1
  }
  // Rejects if the file has an error now.
  const { warnings } = await readConfig(flags, io, { secrets: [] })
  for (const warning of warnings) printer(io).warn(warning)
  printer(io).success(`${shownPaths(path, io)} is valid.`)
  return 0
}

export const configEditCommand: Command = {
  name: 'config edit',
  description: 'Open your configuration file in your editor, and check it afterwards',
  details: ['Uses the editor that VISUAL or EDITOR names. The file may contain comments.'],
  args: configFlags,
  examples: [
    { line: `${productName} config edit`, what: 'Edit your own file' },
    { line: `EDITOR='code --wait' ${productName} config edit`, what: 'Use another editor' },
  ],
  run: runEdit,
}
