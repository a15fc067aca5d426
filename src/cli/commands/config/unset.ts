import { findSetting, type KnownSetting } from '../../../config/settings/setting-names.ts'
import { productName } from '../../../version.ts'
import { changeConfigFile } from '../../config/config-file.ts'
import { shownSource, shownValue } from '../../config/describe-config.ts'
import { effectOf } from '../../config/effect.ts'
import { forgetEntry, leftWarning, storedIn } from '../../credentials/store-secret.ts'
import type { Command } from '../../parse/command.ts'
import type { Flags, ParsedArguments } from '../../parse/parsed-arguments.ts'
import type { Io } from '../../terminal/io.ts'
import { printer } from '../../terminal/printer.ts'
import { shownPaths } from '../../terminal/short-path.ts'
import { configFlags, keyArgument, targetFile } from './flags.ts'

/** Prints the value that applies now, and its source. */
const reportEffect = async (setting: KnownSetting, flags: Flags, io: Io): Promise<void> => {
  const { loaded } = await effectOf(setting, flags, io)
  if (loaded === undefined) return
  const { key } = setting
  const source = loaded.sources.get(key)
  if (source === undefined) {
    printer(io).info('No other source sets it.')
    return
  }
  const place = shownPaths(shownSource(source, loaded), io)
  // A secret that was not read from the keychain has a source but no value.
  printer(io).info(
    loaded.values.has(key)
      ? `The value is now ${shownValue(loaded, key)} (${place}).\n`
      : `The value now comes from ${place}.\n`,
  )
}

const runUnset = async ({ flags, positionals }: ParsedArguments, io: Io): Promise<number> => {
  const setting = findSetting(positionals['key'] ?? '')
  const { key } = setting
  const place = { key, path: targetFile(flags, io) }
  const file = shownPaths(place.path, io)
  const before = storedIn(place)
  if (before === undefined) {
    printer(io).info(`${key} is not set in ${file}.`)
    await reportEffect(setting, flags, io)
    return 0
  }
  // First the keychain: only the file has the name of the entry.
  const left = await forgetEntry(place, before.value, io)
  if (left?.canGo) {
    printer(io).info(
      `${key} stays in ${file}: its entry '${left.entry}' of ${productName} may still be in the keychain (${left.why}).\nUnlock the keychain and try again, or remove ${key} from that file by hand.\n`,
    )
    return 1
  }
  await changeConfigFile(place.path, key, undefined)
  printer(io).success(`${key} is no longer set in ${file}.`)
  if (left !== undefined) printer(io).info(leftWarning(left))
  await reportEffect(setting, flags, io)
  return left === undefined ? 0 : 1
}

export const configUnsetCommand: Command = {
  name: 'config unset',
  description: 'Remove a setting from your configuration file, and a secret from the keychain',
  details: [
    'Prints the value that applies now, and its source: a variable, another file, or the default.',
    'If the keychain is locked or refuses, the secret stays where it is, and the exit code is 1.',
  ],
  args: { ...keyArgument, ...configFlags },
  examples: [
    { line: `${productName} config unset model`, what: 'Use the default again' },
    { line: `${productName} config unset apiKey`, what: 'Remove the stored key' },
  ],
  run: runUnset,
}
