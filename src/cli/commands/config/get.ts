import { findSetting, isSecretKey } from '../../../config/settings/setting-names.ts'
import { productName } from '../../../version.ts'
import { readConfig } from '../../config/config-input.ts'
import { shownValue } from '../../config/describe-config.ts'
import type { Command } from '../../parse/command.ts'
import type { ParsedArguments } from '../../parse/parsed-arguments.ts'
import type { Io } from '../../terminal/io.ts'
import { printer } from '../../terminal/printer.ts'
import { shownPaths } from '../../terminal/short-path.ts'
import { configFlags, keyArgument } from './flags.ts'

const runGet = async ({ flags, positionals }: ParsedArguments, io: Io): Promise<number> => {
  const { key } = findSetting(positionals['key'] ?? '')
  const loaded = await readConfig(flags, io, { secrets: [key] })
  const source = loaded.sources.get(key)
  if (!loaded.values.has(key)) {
    printer(io).info(`${key} is not set.`)
    return 1
  }
  io.out(`${shownValue(loaded, key)}\n`)
  const losing = loaded.unused.get(key) ?? []
  if (losing.length > 0 && isSecretKey(key)) printer(io).info(`not used: ${shownPaths(losing.join(', '), io)}`)
  if (io.isTerminal && source !== undefined) printer(io).info(`from ${shownPaths(source, io)}`)
  return 0
}

export const configGetCommand: Command = {
  name: 'config get',
  description: 'Show one setting as it is now, whatever place it comes from',
  details: [
    'The value stands alone on standard output; a secret is never shown whole. Ends with 1 where it is not set.',
  ],
  args: { ...keyArgument, ...configFlags },
  examples: [{ line: `${productName} config get model`, what: 'The main model' }],
  run: runGet,
}
