import { findSetting } from '../../config/setting-names.ts'
import { productName } from '../../version.ts'
import type { Given } from '../arguments.ts'
import type { Command } from '../command.ts'
import { shownValue } from '../describe-config.ts'
import type { Io } from '../io.ts'
import { shownPaths } from '../short-path.ts'
import { effectOf } from './effect.ts'
import { changeConfigFile } from './file.ts'
import { configFlags, keyArgument, targetFile } from './flags.ts'
import { forgetEntry, keptIn } from './keep-secret.ts'

const runUnset = async ({ flags, positionals }: Given, io: Io): Promise<number> => {
  const setting = findSetting(positionals['key'] ?? '')
  const { key } = setting
  const place = { key, path: targetFile(flags, io) }
  const before = keptIn(place)
  if (before === undefined) {
    io.err(`${key} is not set in ${shownPaths(place.path, io)}.\n`)
  } else {
    await changeConfigFile(place.path, key, undefined)
    io.err(`${key} is no longer set in ${shownPaths(place.path, io)}.\n`)
  }
  const left = before === undefined ? undefined : await forgetEntry(place, before.value, io)
  if (left !== undefined) io.err(`warning: ${left}\n`)
  const { loaded } = await effectOf(setting, flags, io)
  if (loaded !== undefined) {
    const source = loaded.sources.get(key)
    io.err(
      source === undefined
        ? 'There is no other.\n'
        : `Now it is ${shownValue(loaded, key)} (${shownPaths(source, io)}).\n`,
    )
  }
  return left === undefined ? 0 : 1
}

export const configUnsetCommand: Command = {
  name: 'config unset',
  description: 'Take a setting out of your configuration file, and a secret out of the keychain',
  details: ['What holds instead is told: a variable, another file, the default.'],
  args: { ...keyArgument, ...configFlags },
  examples: [
    { line: `${productName} config unset model`, what: 'Back to the default' },
    { line: `${productName} config unset apiKey`, what: 'Forgets the key, wherever it is kept' },
  ],
  run: runUnset,
}
