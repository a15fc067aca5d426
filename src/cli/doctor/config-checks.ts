import { existsSync } from 'node:fs'
import { closingCommand } from '../../base/closing-command.ts'
import { UsageError } from '../../base/usage-error.ts'
import { checkAccess, hasGate, hasNamedClients, namedTokensOf } from '../../config/client-tokens.ts'
import { otelOf, otelWarnings } from '../../config/otel.ts'
import { localConfigPath, userConfigPath } from '../../config/paths.ts'
import { checkServerSettings } from '../../config/server-settings.ts'
import { settings } from '../../config/settings/settings.ts'
import { defaultUpstream } from '../../config/settings/upstream.ts'
import { checkSignInSettings, signInSettingsWarnings } from '../../config/sign-in-settings.ts'
import { clientNameOf } from '../../models/resolver.ts'
import type { Connection } from '../../upstreams/definition.ts'
import { connectionOf } from '../../upstreams/registry.ts'
import type { CommandConfig } from '../config/config-input.ts'
import { shownSource, shownValue } from '../config/describe-config.ts'
import { namedConfigFile } from '../config/named-file.ts'
import { exposureWarnings, isSet, keySettings, missingKey, oauthWarning } from '../config/set-up.ts'
import { exposedWords } from '../credentials/exposed-files.ts'
import { unusedRemedy, unusedSecrets, unusedWords } from '../credentials/unused-secrets.ts'
import { checkLogFile } from '../log/log-file.ts'
import { readConfiguredClients } from '../named-clients/open-clients-file.ts'
import { textFlag } from '../parse/arguments.ts'
import { simulatedNames } from '../simulator.ts'
import { type CheckGroup, type Finding, fail, failWith, info, ok, skip, splitRemedy, warn } from './check.ts'
import { type DoctorContext, fixConfigurationFirst } from './context.ts'

/** Checks the configuration, and shows the source of each value. */

interface ConfigLocation {
  readonly path: string
  readonly what: string
}

const filesOf = ({ flags, io: { machine }, loaded }: DoctorContext): ConfigLocation[] => {
  const { environment } = loaded ?? machine
  const named = namedConfigFile(flags, environment)
  const envFile = textFlag(flags, 'env-file')
  return [
    ...(flags['dev'] === true ? [{ path: localConfigPath(machine), what: '--dev' }] : []),
    named === undefined
      ? { path: userConfigPath(machine), what: 'your own' }
      : { path: named.path, what: named.source },
    ...(envFile === undefined ? [] : [{ path: envFile, what: '--env-file' }]),
  ]
}

const files = (context: DoctorContext): Finding => {
  if (context.fault !== undefined) {
    const { detail, remedy } = splitRemedy(context.fault.message)
    return fail(detail, remedy || 'Correct it, and run doctor again.')
  }
  const locations = filesOf(context).map((location) => ({ ...location, exists: existsSync(location.path) }))
  const lines = locations.map(
    ({ path, what, exists }) => `${path} (${what}${exists ? '' : '; does not exist, which is fine'})`,
  )
  const data = Object.fromEntries(locations.map(({ path, exists }) => [path, exists]))
  const warnings = context.loaded?.warnings ?? []
  return warnings.length === 0
    ? ok(lines.join('\n'), data)
    : warn([...lines, ...warnings].join('\n'), 'Correct the name of each key, or remove it from the file.', data)
}

/** The key has its own check. */
const nonDefault = ({ loaded }: DoctorContext) =>
  settings.flatMap(({ key }) => {
    const source = loaded?.sources.get(key)
    if (loaded === undefined || keySettings.has(key) || source === undefined || source === 'default') return []
    return [{ key, value: shownValue(loaded, key), source: shownSource(source, loaded) }]
  })

/** Why the server would not start with these settings; undefined if it would. */
const refusalOf = ({ config, environment }: CommandConfig): string | undefined => {
  try {
    checkServerSettings(config)
    otelOf(config, environment)
    checkSignInSettings(config)
    return undefined
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
}

const signInRemedy = 'Change signIn.settings: docs/sign-in.md lists the keys that need no approval.'
const otelRemedy = 'Change the variables: docs/operate.md#opentelemetry lists them.'

const settingsFound = (context: DoctorContext): Finding => {
  if (context.loaded === undefined) return skip(fixConfigurationFirst)
  const rows = nonDefault(context)
  if (rows.length === 0) return ok('every setting has its default')
  const data = Object.fromEntries(
    rows.flatMap(({ key, value, source }) => [
      [key, value],
      [`${key}.from`, source],
    ]),
  )
  const lines = rows.map(({ key, value, source }) => `${key} = ${value} (${source})`)
  const refusal = refusalOf(context.loaded)
  if (refusal !== undefined) {
    const { detail, remedy } = splitRemedy(refusal)
    return fail([...lines, detail].join('\n'), remedy, data)
  }
  // The key has its own check.
  const unused = unusedSecrets(context.loaded).filter(({ key }) => !keySettings.has(key))
  const collector = otelWarnings(context.loaded.config, context.loaded.environment)
  const signIn = signInSettingsWarnings(context.loaded.config)
  if (unused.length + collector.length + signIn.length === 0) return ok(lines.join('\n'), data)
  const remedies = [
    ...unused.map(unusedRemedy),
    ...(collector.length > 0 ? [otelRemedy] : []),
    ...(signIn.length > 0 ? [signInRemedy] : []),
  ]
  return warn([...lines, ...unused.map(unusedWords), ...collector, ...signIn].join('\n'), remedies.join('\n'), data)
}

const models = ({ setUp }: DoctorContext): Finding => {
  if (setUp === undefined) return skip(fixConfigurationFirst)
  const [main, small] = [setUp.model, setUp.smallModel].map(({ model }) => clientNameOf(model))
  if (setUp.models.keepsNames && !isSet('model', setUp.loaded) && !isSet('smallModel', setUp.loaded))
    return ok('as clients name them')
  return ok(`${main}, and ${small} for small tasks`, { model: main ?? '', smallModel: small ?? '' })
}

/** Leaves out the warnings that the check of the files shows. */
const exposure = ({ setUp }: DoctorContext): Finding => {
  if (setUp === undefined) return skip(fixConfigurationFirst)
  const { loaded } = setUp
  // The remedy has the command for each file.
  const exposed = loaded.exposed.map(exposedWords)
  const others = exposureWarnings({ ...setUp, loaded: { ...loaded, exposed: [], warnings: [], unused: new Map() } })
  const warnings = [...exposed, ...others]
  if (warnings.length === 0) {
    const reach = hasGate(loaded.config) ? 'the server requires a token' : 'no other machine can reach the server'
    return ok(`other users cannot read the key, and ${reach}`)
  }
  const remedies = [
    ...(loaded.exposed.length === 0 ? [] : ['Give only your account access to the file:']),
    ...loaded.exposed.map((path) => `  ${closingCommand(path)}`),
    ...(others.some((warning) => warning !== oauthWarning)
      ? [
          'Pass keys and tokens in a file or a variable. Listen on 127.0.0.1, or require a token: NEXUS_CLIENT_TOKEN or NEXUS_CLIENTS_FILE. Use an https endpoint.',
        ]
      : []),
    ...(others.includes(oauthWarning) ? ['Use API keys where you can: docs/upstreams/anthropic.md#credentials.'] : []),
  ]
  return warn(warnings.join('\n'), remedies.join('\n'))
}

const logFile = ({ loaded }: DoctorContext): Finding => {
  if (loaded === undefined) return skip(fixConfigurationFirst)
  const path = loaded.config.logging.file
  if (path === undefined) return info('not configured', { path: null })
  try {
    checkLogFile(path)
    return ok(`${path} can be written`, { path })
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return failWith(error.message)
  }
}

/** Only for a server with named clients. */
const clientsFile = async ({ setUp, io }: DoctorContext): Promise<Finding> => {
  if (setUp === undefined) return skip(fixConfigurationFirst)
  const { config } = setUp.loaded
  try {
    checkAccess(config)
    const { length } = await readConfiguredClients(config, io.machine)
    const count = namedTokensOf(config).size + length
    return ok(`${count} ${count === 1 ? 'client has' : 'clients have'} a name`, { clients: count })
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return failWith(error.message)
  }
}

/** The key may be valid even if another part of the configuration is not. */
const fallbackConnection = (loaded: DoctorContext['loaded']): Connection | undefined => {
  try {
    return loaded && connectionOf(loaded.config)
  } catch (error) {
    if (error instanceof UsageError) return undefined
    throw error
  }
}

const key = ({ setUp, loaded, io, isSimulated }: DoctorContext): Finding => {
  if (isSimulated) return info(`not needed: ${simulatedNames[loaded?.config.upstream ?? defaultUpstream]} is simulated`)
  const connection = setUp?.connection ?? fallbackConnection(loaded)
  if (loaded === undefined || connection === undefined) return skip(fixConfigurationFirst)
  const { apiKey, keySetting } = connection
  const from = shownSource(loaded.sources.get(keySetting) ?? '', loaded)
  if (apiKey !== undefined) {
    const unused = unusedSecrets(loaded).filter((secret) => secret.key === keySetting)
    const found = `${apiKey.masked()} (${from})`
    const data = { masked: apiKey.masked(), from }
    if (unused.length === 0) return ok(found, data)
    const remedies = [...new Set(unused.map(unusedRemedy))]
    return warn([found, ...unused.map(unusedWords)].join('\n'), remedies.join('\n'), {
      ...data,
      unused: unused.map(({ source }) => source).join(', '),
    })
  }
  if (connection.isKeyOptional) return info(connection.withoutKey ?? `none, and ${connection.title} may need none`)
  return failWith(setUp === undefined ? `No ${connection.title} key.` : missingKey(connection, io.machine))
}

export const configChecks = (context: DoctorContext): CheckGroup => ({
  title: 'Setup',
  checks: [
    { id: 'config', title: 'Configuration', run: () => files(context) },
    { id: 'config.settings', title: 'Settings', run: () => settingsFound(context) },
    { id: 'config.models', title: 'Models', run: () => models(context) },
    { id: 'config.exposure', title: 'Safety', run: () => exposure(context) },
    ...(context.loaded !== undefined && hasNamedClients(context.loaded.config)
      ? [{ id: 'config.clients', title: 'Clients', run: () => clientsFile(context) }]
      : []),
    { id: 'config.log-file', title: 'Log file', run: () => logFile(context) },
    { id: 'key.present', title: 'Key', run: () => key(context) },
  ],
})
