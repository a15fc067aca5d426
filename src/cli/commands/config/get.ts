import { findSetting, isSecretKey } from '../../../config/settings/setting-names.ts'
import { productName } from '../../../version.ts'
import { readConfig } from '../../config/config-input.ts'
import { shownSource, shownValue } from '../../config/describe-config.ts'
import type { Command } from '../../parse/command.ts'
import type { ParsedArguments } from '../../parse/parsed-arguments.ts'
import type { Io } from '../../terminal/io.ts'
import { printer } from '../../terminal/printer.ts'
import { shownPaths } from '../../terminal/short-path.ts'
import { configFlags, keyArgument } from './flags.ts'

const runGet = async ({ flags, positionals }: ParsedArguments, io: Io): Promise<number> => {
  const { key, upstream } = findSetting(positionals['key'] ?? '')
  const loaded = await readConfig(flags, io, { secrets: [key] })
  const source = loaded.sources.get(key)
  if (!loaded.values.has(key)) {
    const current = loaded.config.upstream
    const isOther = upstream !== undefined && upstream !== current
    printer(io).info(
      isOther ? `${key} is for upstream ${upstream} only; upstream is ${current}.` : `${key} is not set.`,
    )
    return 1
  }
  io.out(`${shownValue(loaded, key)}\n`)
  const losing = loaded.unused.get(key) ?? []
  const shown = (source: string): string => shownPaths(shownSource(source, loaded), io)
  if (losing.length > 0 && isSecretKey(key)) printer(io).info(`not used: ${losing.map(shown).join(', ')}`)
  if (io.isTerminal && source !== undefined) printer(io).info(`from ${shown(source)}`)
  return 0
}

export const configGetCommand: Command = {
  name: 'config get',
  description: 'Print the current value of a setting, from any source',
  details: [
    'Prints only the value on standard output, and never a complete secret. The exit code is 1 if the setting is not set.',
  ],
  args: { ...keyArgument, ...configFlags },
  examples: [{ line: `${productName} config get model`, what: 'Print the main model' }],
  run: runGet,
}
