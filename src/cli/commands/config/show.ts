import { settings } from '../../../config/settings/settings.ts'
import { productName } from '../../../version.ts'
import { type CommandConfig, readConfig } from '../../config/config-input.ts'
import { describeFiles, describeSettings, plainValue } from '../../config/describe-config.ts'
import type { Command } from '../../parse/command.ts'
import type { ParsedArguments } from '../../parse/parsed-arguments.ts'
import type { Io } from '../../terminal/io.ts'
import { printer } from '../../terminal/printer.ts'
import { configFlags } from './flags.ts'

/** Null where it is not set; a secret only as much as is shown of it. */
const toJson = (loaded: CommandConfig): object => ({
  settings: Object.fromEntries(
    settings.map(({ key }) => [
      key,
      {
        value: plainValue(loaded, key) ?? null,
        source: loaded.sources.get(key) ?? null,
        ...(loaded.unused.has(key) && { unused: loaded.unused.get(key) }),
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
  // Laid out for whoever reads standard output: `show | grep` at a terminal is a script.
  const reader = { ...io, isTerminal: io.isOutTerminal }
  io.out(describeSettings(loaded, reader) + describeFiles(loaded, reader))
}

export const configShowCommand: Command = {
  name: 'config show',
  aliases: ['config list'],
  description: 'Show every setting, where its value comes from, and the files that were looked for',
  details: ['Secrets are shown by their first letters alone. config list is the same.'],
  args: { json: { type: 'boolean', description: 'As JSON, for programs' }, ...configFlags },
  examples: [
    { line: `${productName} config show`, what: 'What counts, and why' },
    { line: `${productName} config show --json`, what: 'The same for a program' },
  ],
  run: runShow,
}
