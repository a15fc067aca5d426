import { Secret } from '../../../base/secret.ts'
import { UsageError } from '../../../base/usage-error.ts'
import { keychainEntry } from '../../../config/keychain-reference.ts'
import { hintOf } from '../../../config/settings/setting.ts'
import { findSetting, type KnownSetting } from '../../../config/settings/setting-names.ts'
import { InputText, type SettingValue, toValue } from '../../../config/values.ts'
import { findModel } from '../../../models/chosen-model.ts'
import { productName } from '../../../version.ts'
import { changeConfigFile } from '../../config/config-file.ts'
import { effectOf } from '../../config/effect.ts'
import { allModels } from '../../config/set-up.ts'
import { settingText } from '../../config/setting-text.ts'
import { KeychainError, notTaken } from '../../credentials/keychain-request.ts'
import { PromptCancelled } from '../../credentials/prompt-cancelled.ts'
import { type SecretLocation, storedIn, storeSecret, stores } from '../../credentials/store-secret.ts'
import { readStoredSecret } from '../../credentials/stored-secrets.ts'
import { choiceFlag } from '../../parse/arguments.ts'
import type { Command } from '../../parse/command.ts'
import type { ParsedArguments } from '../../parse/parsed-arguments.ts'
import type { Io } from '../../terminal/io.ts'
import { printer } from '../../terminal/printer.ts'
import { shownPaths } from '../../terminal/short-path.ts'
import { configFlags, keyArgument, targetFile } from './flags.ts'

/** Checks the value in the same way as a flag's. Throws UsageError. */
const checkedValue = (setting: KnownSetting, text: string | undefined): SettingValue => {
  const { key } = setting
  if (text === undefined) {
    throw new UsageError(
      `config set ${key} needs a value: ${productName} config set ${key} <${hintOf(setting) || 'true|false'}>`,
    )
  }
  const value = toValue(setting, new InputText(text), key)
  if (key === 'model' || key === 'smallModel') findModel(allModels, String(value), key)
  return value
}

const setPlain = async (setting: KnownSetting, { flags, positionals }: ParsedArguments, io: Io): Promise<void> => {
  const { key } = setting
  if (flags['store'] !== undefined) throw new UsageError(`--store is only for secrets, and ${key} is not a secret.`)
  const value = checkedValue(setting, positionals['value'])
  const path = targetFile(flags, io)
  await changeConfigFile(path, key, value instanceof Map ? Object.fromEntries(value) : value)
  printer(io).success(`${key} is ${settingText(value) || 'empty'} in ${shownPaths(path, io)}.`)
}

/** In Git Bash's window, Windows programs get three pipes: the window shows what is typed, and we cannot prevent it. */
const isPipedTerminal = ({ machine, hasTerminal }: Io): boolean =>
  machine.platform === 'win32' && Boolean(machine.environment['MSYSTEM']) && !hasTerminal

const pipedTerminalHint = (key: string): string =>
  `Git Bash may show what you type here. To hide it, press Ctrl-C and run: winpty ${productName} config set ${key}\n`

/** Resolves to the typed or piped text, which may be empty. Rejects with PromptCancelled. */
const promptFor = async (key: string, hint: string, io: Io): Promise<string> => {
  const { prompts, pipedIn, err } = io
  if (prompts !== undefined) {
    const answer = await prompts.secret(`Enter ${key} (hidden)${hint}`)
    if (answer === undefined) throw new PromptCancelled()
    return answer.trim()
  }
  if (pipedIn === undefined) {
    throw new UsageError(
      `Cannot prompt for ${key}: standard error is not a terminal, or CI is set. Pipe it in: ... | ${productName} config set ${key}`,
    )
  }
  printer({ err }).info(`Reading ${key} from standard input.\n${isPipedTerminal(io) ? pipedTerminalHint(key) : ''}`)
  const [first = ''] = (await pipedIn()).trim().split(/\r?\n/)
  return first
}

/** The stored secret. Rejects with UsageError. */
const readPresentSecret = async ({ key, path }: SecretLocation, value: unknown, io: Io): Promise<unknown> => {
  const entry = keychainEntry(key, value)
  return entry === undefined ? value : readStoredSecret({ key, entry, path }, io)
}

/** Rejects with UsageError. */
const storeOrFail = async (...order: Parameters<typeof storeSecret>): Promise<string> => {
  try {
    return await storeSecret(...order)
  } catch (error) {
    if (!(error instanceof KeychainError)) throw error
    const remedy = error.isThere ? 'Try again, or store it in a file' : 'To store it in a file'
    throw new UsageError(`${notTaken(error)} ${remedy}: --store file.`)
  }
}

const setSecret = async (setting: KnownSetting, { flags, positionals }: ParsedArguments, io: Io): Promise<void> => {
  const { key } = setting
  const store = choiceFlag(flags, 'store', stores)
  if (positionals['value'] !== undefined) {
    throw new UsageError(
      `${key} is not accepted on the command line: other users can see it there, and your shell stores it. Leave it out to be prompted, or pipe it in. If this was a real secret, it may be in your shell's history now.`,
    )
  }
  const place = { key, path: targetFile(flags, io) }
  const present = storedIn(place)
  const isMove = present !== undefined && store !== undefined && present.store !== store
  const hint = isMove ? `, or press Enter to move the stored one to the ${store}` : ''
  const given = await promptFor(key, hint, io)
  if (given === '' && !isMove) {
    throw new UsageError(`No ${key} was given; nothing was changed. Type or paste it, or pipe it in.`)
  }
  const value = given === '' ? await readPresentSecret(place, present?.value, io) : given
  const checked = toValue(setting, value, given === '' ? `${key} in ${place.path}` : key)
  printer(io).info(await storeOrFail(place, new Secret(String(checked)), store, io))
}

/** `model=opus` is `model opus`. */
const separated = (given: ParsedArguments): ParsedArguments => {
  const { key = '', value } = given.positionals
  const equals = key.indexOf('=')
  if (value !== undefined || equals < 1) return given
  return { ...given, positionals: { key: key.slice(0, equals), value: key.slice(equals + 1) } }
}

const runSet = async (line: ParsedArguments, io: Io): Promise<undefined> => {
  const given = separated(line)
  const setting = findSetting(given.positionals['key'] ?? '')
  if (setting.type.kind === 'secret') await setSecret(setting, given, io)
  else await setPlain(setting, given, io)
  const { overridden, unused } = await effectOf(setting, given.flags, io)
  if (overridden !== undefined) printer(io).warn(`${overridden} is set and takes precedence over the file.`)
  else for (const words of unused) printer(io).warn(shownPaths(words, io))
}

export const configSetCommand: Command = {
  name: 'config set',
  description: 'Store a setting in your configuration file, or a secret in the keychain',
  details: [
    "Prompts for a key or token without showing it; if standard input is not a terminal, reads its first line. Stores it in the operating system's keychain if there is one, otherwise in the configuration file, which only you can read from then on. The command prints which one it used.",
    '--store selects one of the two. To move the stored secret to the other one, press Enter at the prompt or pipe in nothing. The secret is then only in the new place.',
    'Separate the members of a list with commas. A switch is true or false. key=value is the same as key value.',
  ],
  args: {
    ...keyArgument,
    value: {
      type: 'positional',
      required: false,
      description: 'New value; not for secrets: the command prompts for them',
    },
    store: {
      type: 'string',
      valueHint: stores.join('|'),
      description: 'Store the secret in the keychain or in a file',
    },
    ...configFlags,
  },
  examples: [
    { line: `${productName} config set apiKey`, what: 'Prompt for your key, and store it in the keychain' },
    { line: `pass show nexus | ${productName} config set apiKey`, what: 'Read the key from another program' },
    { line: `${productName} config set model claude-opus-4.6`, what: 'Use another main model' },
    {
      line: `${productName} config set apiKey --store file`,
      what: 'Move the key from the keychain to the file: press Enter',
    },
  ],
  run: runSet,
}
