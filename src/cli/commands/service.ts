import type { ArgDef, ArgsDef } from 'citty'
import { printableName } from '../../base/printable-name.ts'
import { UsageError } from '../../base/usage-error.ts'
import { absolutePath, type Machine, settingPath } from '../../config/paths.ts'
import { secretSettings } from '../../config/settings/setting-names.ts'
import { checkSignInSettings } from '../../config/sign-in-settings.ts'
import { productName } from '../../version.ts'
import type { CommandConfig } from '../config/config-input.ts'
import { namedConfigFile } from '../config/named-file.ts'
import { readSetUp } from '../config/set-up.ts'
import { commonFlags, parseArguments } from '../parse/arguments.ts'
import type { Command } from '../parse/command.ts'
import { settingFlags, simulateFlag, sourceFlags, verboseFlag } from '../parse/config-flags.ts'
import type { Flags, ParsedArguments } from '../parse/parsed-arguments.ts'
import { launchd } from '../service/launchd.ts'
import type { Service, ServiceKind } from '../service/service.ts'
import { isPassing, lastingPath, serviceEnvironmentOf } from '../service/service-environment.ts'
import { systemd } from '../service/systemd.ts'
import { isUnseen, serviceWarnings } from '../service/warnings.ts'
import { windows } from '../service/windows.ts'
import { signInWarnings } from '../sign-in/start-words.ts'
import { withSignIn } from '../sign-in/with-sign-in.ts'
import type { Io } from '../terminal/io.ts'
import { printer } from '../terminal/printer.ts'

const kinds = { systemd, launchd, windows } as const satisfies Record<string, ServiceKind>
type KindName = keyof typeof kinds
const kindNames = Object.keys(kinds) as KindName[]

const ofPlatform: Readonly<Record<string, KindName>> = { linux: 'systemd', darwin: 'launchd', win32: 'windows' }

/** Throws UsageError. */
const kindNamed = (name: string | undefined, { platform }: Machine): KindName => {
  const wanted = name ?? ofPlatform[platform]
  const kind = kindNames.find((known) => known === wanted)
  if (kind !== undefined) return kind
  const what =
    name === undefined ? 'This system has no known service manager' : `Unknown service manager${printableName(name)}`
  throw new UsageError(`${what}. Use one of ${kindNames.join(', ')}.`)
}

const { dev: _, ...placeFlags } = sourceFlags
/** Flags of `start` in a service: without those for a user at a terminal. */
const startFlags = (): ArgsDef => ({
  ...settingFlags(),
  ...placeFlags,
  simulate: simulateFlag,
  verbose: verboseFlag,
})

const isPath = (flag: ArgDef | undefined): boolean =>
  flag !== undefined && 'valueHint' in flag && (flag.valueHint === 'file' || flag.valueHint === 'folder')

/** Throws UsageError. */
const refuseSecrets = (flags: Flags): void => {
  const given = secretSettings.find(({ flag }) => flag !== undefined && flags[flag] !== undefined)
  if (given === undefined) return
  const { key, flag } = given
  throw new UsageError(
    `--${flag} is not allowed in a service: other users may read it there. Store it with ${productName} config set ${key}; the service reads it.`,
  )
}

/** In the order of the help. */
const toArguments = (flags: Flags, machine: Machine): string[] =>
  Object.entries(startFlags()).flatMap(([name, flag]) => {
    const value = flags[name]
    if (value === undefined) return []
    if (value === true) return [`--${name}`]
    const text = isPath(flag) ? settingPath(machine, value) : value
    return text.startsWith('-') ? [`--${name}=${text}`] : [`--${name}`, text]
  })

const serviceOf = (flags: Flags, { machine, ownCommand }: Io, loaded: CommandConfig): Service => {
  const { environment, home } = machine
  const [program = '', ...before] = ownCommand
  const { USERNAME: name, USERDOMAIN: domain } = environment
  const { logging, drain } = loaded.config
  const { file: logFile } = logging
  const fetchesSecrets = loaded.hasKeychainSecret || loaded.keyHelper !== undefined
  return {
    program: lastingPath(program),
    args: [...before, 'start', ...toArguments(flags, machine)],
    ...serviceEnvironmentOf(machine),
    home,
    user: name && (domain ? `${domain}\\${name}` : name),
    localData: environment['LOCALAPPDATA'] || undefined,
    logFile:
      logFile === undefined || isUnseen('logging.file', loaded, machine) ? undefined : absolutePath(machine, logFile),
    fetchesSecrets,
    drainSeconds: drain.delay + drain.timeout,
  }
}

const runPrint = async ({ flags, positionals, rest }: ParsedArguments, io: Io): Promise<undefined> => {
  const { machine, ownCommand } = io
  const kind = kindNamed(positionals['kind'], machine)
  const more = parseArguments({ name: 'service print', args: startFlags() }, rest)
  const given: Flags = { ...flags, ...more.flags }
  refuseSecrets(given)
  const named = namedConfigFile(given, machine.environment)
  const all: Flags = named === undefined ? given : { ...given, config: named.path }
  // Refuses what start would refuse: when a service starts, no user sees the error.
  const setUp = withSignIn(await readSetUp(all, io, []))
  if (setUp.loaded.config.port === 0)
    throw new UsageError('--port 0 gives another port at each start. Give a fixed port.')
  checkSignInSettings(setUp.loaded.config)
  const service = serviceOf(all, io, setUp.loaded)
  const unit = kinds[kind].unit(service)
  const warnings = [...serviceWarnings(setUp, kind, machine), ...signInWarnings(setUp.loaded.config, io)]
  for (const warning of warnings) printer(io).warn(warning)
  if (kind !== ofPlatform[machine.platform])
    printer(io).warn(`${kind} is for another system, and the paths are those of this machine.`)
  if (isPassing(ownCommand[0] ?? ''))
    printer(io).warn('this program is in a cache of npx or bunx, which may be emptied. Install it first.')
  for (const name of service.withheld)
    printer(io).warn(
      `${name} is left out because it contains a password. Use a proxy without a password for the service.`,
    )
  io.out(unit)
  printer(io).info(kinds[kind].steps(service))
}

export const servicePrintCommand: Command = {
  name: 'service print',
  description: 'Print a service definition for systemd, launchd or Windows',
  details: [
    'Prints only the definition on standard output. Standard error has the steps: where to put it, and how to start, inspect and remove the service. Installs nothing.',
    'The service runs this program with the flags given here or after --, and with the proxies and certificates of the current environment. It has no other variables: use flags or config set.',
    'The definition contains no key: --api-key and --client-token are refused. Store the key with config set apiKey. docs/service.md has an example of each definition.',
  ],
  get args(): ArgsDef {
    return {
      kind: {
        type: 'positional',
        required: false,
        valueHint: kindNames.join('|'),
        description: `Service manager: ${kindNames.join(', ')} (default the one of this system)`,
      },
      ...startFlags(),
      ...commonFlags,
    }
  },
  rest: { hint: 'flags of start', owner: 'the server' },
  examples: [
    { line: `${productName} service print`, what: 'Print the definition for this system' },
    { line: `${productName} service print systemd --port 4200`, what: 'Use another port' },
    { line: `${productName} service print launchd -- --log-format json`, what: 'Pass flags of start after --' },
  ],
  run: runPrint,
}
