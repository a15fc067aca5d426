import { type SettingKey, settings } from '../../../config/settings/settings.ts'
import { productName } from '../../../version.ts'
import { type CommandConfig, readConfig } from '../../config/config-input.ts'
import {
  describeFiles,
  describeSettings,
  plainValue,
  shownSource,
  sourceOfValue,
} from '../../config/describe-config.ts'
import type { Command } from '../../parse/command.ts'
import type { ParsedArguments } from '../../parse/parsed-arguments.ts'
import type { Io } from '../../terminal/io.ts'
import { printer } from '../../terminal/printer.ts'
import { configFlags } from './flags.ts'

const sourceOf = (loaded: CommandConfig, key: SettingKey): string | null => {
  const source = sourceOfValue(loaded, key)
  return source === undefined ? null : shownSource(source, loaded)
}

/** A setting without a value is null; a secret is masked. */
const toJson = (loaded: CommandConfig): object => ({
  settings: Object.fromEntries(
    settings.map(({ key }) => [
      key,
      {
        value: plainValue(loaded, key) ?? null,
        source: sourceOf(loaded, key),
        ...(loaded.unused.has(key) && { unused: loaded.unused.get(key)?.map((source) => shownSource(source, loaded)) }),
      },
    ]),
  ),
  files: loaded.places.files.map(({ path }) => ({ path, found: loaded.found.includes(path) })),
  warnings: loaded.warnings,
})

const runShow = async ({ flags }: ParsedArguments, io: Io): Promise<undefined> => {
  const loaded = await readConfig(flags, io, { isTolerant: true })
  if (flags['json'] === true) {
    io.out(`${JSON.stringify(toJson(loaded), null, 2)}\n`)
    return undefined
  }
  for (const warning of loaded.warnings) printer(io).warn(warning)
  // The layout depends on standard output: `show | grep` at a terminal is a script.
  const reader = { ...io, isTerminal: io.isOutTerminal }
  io.out(describeSettings(loaded, reader) + describeFiles(loaded, reader))
}

export const configShowCommand: Command = {
  name: 'config show',
  aliases: ['config list'],
  description: 'Show every setting, the source of its value, and the configuration files',
  details: ['Shows only the first letters of a secret. config list is the same command.'],
  args: { json: { type: 'boolean', description: 'Print JSON for a script' }, ...configFlags },
  examples: [
    { line: `${productName} config show`, what: 'Show all values and their sources' },
    { line: `${productName} config show --json`, what: 'Print JSON for a script' },
  ],
  run: runShow,
}
