import { existsSync } from 'node:fs'
import { productName } from '../../../version.ts'
import type { Command } from '../../parse/command.ts'
import type { ParsedArguments } from '../../parse/parsed-arguments.ts'
import type { Io } from '../../terminal/io.ts'
import { printer } from '../../terminal/printer.ts'
import { configFlags, targetFile } from './flags.ts'

const runPath = async ({ flags }: ParsedArguments, io: Io): Promise<undefined> => {
  const path = targetFile(flags, io)
  io.out(`${path}\n`)
  if (!existsSync(path)) printer(io).info(`This file does not exist yet: ${productName} config set creates it.`)
}

export const configPathCommand: Command = {
  name: 'config path',
  description: 'Print the path of your configuration file, even if it does not exist',
  args: configFlags,
  examples: [
    { line: `${productName} config path`, what: 'Print the path of your own file' },
    { line: `${productName} config path --dev`, what: 'Print the path of the file in the current directory' },
  ],
  run: runPath,
}
