import { Secret } from '../../../base/secret.ts'
import { UsageError } from '../../../base/usage-error.ts'
import { keychainEntry } from '../../../config/keychain-reference.ts'
import { hintOf } from '../../../config/settings/setting.ts'
import { findSetting, type KnownSetting } from '../../../config/settings/setting-names.ts'
import { InputText, type SettingValue, toValue } from '../../../config/values.ts'
import { productName } from '../../../version.ts'
import { changeConfigFile } from '../../config/config-file.ts'
import { effectOf } from '../../config/effect.ts'
import { allModels, findModel } from '../../config/set-up.ts'
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

/** Checked as a flag's value is. Throws UsageError. */
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
  if (flags['store'] !== undefined) throw new UsageError(`--store is for secrets alone, and ${key} is none.`)
  const value = checkedValue(setting, positionals['value'])
  const path = targetFile(flags, io)
  await changeConfigFile(path, key, value)
  printer(io).success(`${key} is ${String(value) || 'empty'} in ${shownPaths(path, io)}.`)
}

/** Git Bash's own window is three pipes to programs of Windows: it shows what is typed, and nobody can forbid it. */
const isUnseenTerminal = ({ machine, hasTerminal }: Io): boolean =>
  machine.platform === 'win32' && Boolean(machine.environment['MSYSTEM']) && !hasTerminal

const unseenTerminalHint = (key: string): string =>
  `If you are about to type it here, Git Bash may show it. Press Ctrl-C, and say: winpty ${productName} config set ${key}\n`

/** What was typed or piped in; empty where that was nothing. Rejects with PromptCancelled. */
const promptFor = async (key: string, hint: string, io: Io): Promise<string> => {
  const { prompts, pipedIn, err } = io
  if (prompts !== undefined) {
    const answer = await prompts.secret(`${key}, not shown while you type${hint}`)
    if (answer === undefined) throw new PromptCancelled()
    return answer.trim()
  }
  if (pipedIn === undefined) {
    throw new UsageError(
      `Nobody can be asked for ${key} here: standard error is no terminal, or CI is set. Pipe it in: ... | ${productName} config set ${key}`,
    )
  }
  err(`Reading ${key} from standard input.\n${isUnseenTerminal(io) ? unseenTerminalHint(key) : ''}`)
  const [first = ''] = (await pipedIn()).trim().split(/\r?\n/)
  return first
}

/** The one that is kept now. Rejects with UsageError. */
const presentSecret = async ({ key, path }: SecretLocation, value: unknown, io: Io): Promise<unknown> => {
  const entry = keychainEntry(key, value)
  return entry === undefined ? value : readStoredSecret({ key, entry, path }, io)
}

/** Rejects with UsageError. */
const storeOrFail = async (...order: Parameters<typeof storeSecret>): Promise<string> => {
  try {
    return await storeSecret(...order)
  } catch (error) {
    if (!(error instanceof KeychainError)) throw error
    const remedy = error.isThere ? 'Try again, or keep it in a file' : 'To keep it in a file'
    throw new UsageError(`${notTaken(error)} ${remedy}: --store file.`)
  }
}

const setSecret = async (setting: KnownSetting, { flags, positionals }: ParsedArguments, io: Io): Promise<void> => {
  const { key } = setting
  const store = choiceFlag(flags, 'store', stores)
  if (positionals['value'] !== undefined) {
    throw new UsageError(
      `${key} is not taken from the command line: others can see it there, and your shell keeps it. Leave it out, and it is asked for; or pipe it in. If this one was real, it may be in your shell's history now.`,
    )
  }
  const place = { key, path: targetFile(flags, io) }
  const present = storedIn(place)
  const isMove = present !== undefined && store !== undefined && present.store !== store
  const hint = isMove ? ` (Enter alone moves the present one to the ${store})` : ''
  const given = await promptFor(key, hint, io)
  if (given === '' && !isMove) {
    throw new UsageError(`No ${key} was given, and nothing was changed. Type or paste it, or pipe it in.`)
  }
  const value = given === '' ? await presentSecret(place, present?.value, io) : given
  const checked = toValue(setting, value, given === '' ? `${key} in ${place.path}` : key)
  io.err(await storeOrFail(place, new Secret(String(checked)), store, io))
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
  if (overridden !== undefined) printer(io).warn(`${overridden} is set, and wins over the file.`)
  else for (const words of unused) printer(io).warn(shownPaths(words, io))
}

export const configSetCommand: Command = {
  name: 'config set',
  description: 'Put a setting into your configuration file, or a secret into the keychain',
  details: [
    "A key or token is asked for and not shown, or read from standard input (its first line) where that is no terminal. It is kept in the operating system's keychain where there is one, otherwise in the configuration file, which nobody else can read then. Which of the two it was is told.",
    '--store says which of the two it is to be. To move a secret that is kept in the other one, give it nothing: press Enter, or pipe nothing in. It is then in the new place alone.',
    'Lists have commas between their members, switches are true or false. key=value does as well as key value.',
  ],
  args: {
    ...keyArgument,
    value: { type: 'positional', required: false, description: 'Its value; not for secrets, which are asked for' },
    store: { type: 'string', valueHint: stores.join('|'), description: 'Where a secret is kept' },
    ...configFlags,
  },
  examples: [
    { line: `${productName} config set apiKey`, what: 'Asks for your key, and keeps it in the keychain' },
    { line: `pass show nexus | ${productName} config set apiKey`, what: 'The same from another program' },
    { line: `${productName} config set model claude-opus-4.6`, what: 'Another main model' },
    {
      line: `${productName} config set apiKey --store file`,
      what: 'Enter alone moves the key from the keychain into the file',
    },
  ],
  run: runSet,
}
