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
  if (!existsSync(path)) printer(io).info(`There is no such file yet: ${productName} config set makes it.`)
}

export const configPathCommand: Command = {
  name: 'config path',
  description: 'Show where your configuration file lies, or would lie',
  args: configFlags,
  examples: [
    { line: `${productName} config path`, what: 'Your own file' },
    { line: `${productName} config path --dev`, what: 'The one of the current directory' },
  ],
  run: runPath,
}
