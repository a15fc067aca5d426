import { existsSync } from 'node:fs'
import { UsageError } from '../../base/usage-error.ts'
import { localConfigPath, userConfigPath } from '../../config/paths.ts'
import { settings } from '../../config/settings/settings.ts'
import { clientSpelling } from '../../models/resolver.ts'
import { shownValue } from '../config/describe-config.ts'
import { missingKey, warningsOf } from '../config/set-up.ts'
import { closingCommand, exposedWords } from '../credentials/exposed-files.ts'
import { unusedRemedy, unusedSecrets, unusedWords } from '../credentials/unused-secrets.ts'
import { checkLogFile } from '../log/log-file.ts'
import { textFlag } from '../parse/arguments.ts'
import { type CheckGroup, type Finding, fail, failWith, info, ok, skip, splitRemedy, warn } from './check.ts'
import { configurationIsAtFault, type DoctorContext } from './context.ts'

/** What is configured, and where each value came from. */

interface ConfigLocation {
  readonly path: string
  readonly what: string
}

const filesOf = ({ flags, io: { machine }, loaded }: DoctorContext): ConfigLocation[] => {
  const { environment } = loaded ?? machine
  const [flag, variable] = [textFlag(flags, 'config'), environment['NEXUS_CONFIG'] || undefined]
  const named = flag ?? variable
  const envFile = textFlag(flags, 'env-file')
  return [
    ...(flags['dev'] === true ? [{ path: localConfigPath(machine), what: '--dev' }] : []),
    named === undefined
      ? { path: userConfigPath(machine), what: 'your own' }
      : { path: named, what: flag === undefined ? 'NEXUS_CONFIG' : '--config' },
    ...(envFile === undefined ? [] : [{ path: envFile, what: '--env-file' }]),
  ]
}

const files = (context: DoctorContext): Finding => {
  if (context.fault !== undefined) {
    const { detail, remedy } = splitRemedy(context.fault.message)
    return fail(detail, remedy || 'Correct it there, and run doctor again.')
  }
  const places = filesOf(context).map((place) => ({ ...place, isThere: existsSync(place.path) }))
  const lines = places.map(
    ({ path, what, isThere }) => `${path} (${what}${isThere ? '' : '; not there, which is fine'})`,
  )
  const data = Object.fromEntries(places.map(({ path, isThere }) => [path, isThere]))
  const warnings = context.loaded?.warnings ?? []
  return warnings.length === 0
    ? ok(lines.join('\n'), data)
    : warn([...lines, ...warnings].join('\n'), 'Correct the name of each key, or take it out of the file.', data)
}

/** The key has a check of its own. */
const nonDefault = ({ loaded }: DoctorContext) =>
  settings.flatMap(({ key }) => {
    const source = loaded?.sources.get(key)
    if (loaded === undefined || key === 'apiKey' || source === undefined || source === 'default') return []
    return [{ key, value: shownValue(loaded, key), source }]
  })

const settingsFound = (context: DoctorContext): Finding => {
  if (context.loaded === undefined) return skip(configurationIsAtFault)
  const rows = nonDefault(context)
  if (rows.length === 0) return ok('nothing is set: all have their defaults')
  const data = Object.fromEntries(
    rows.flatMap(({ key, value, source }) => [
      [key, value],
      [`${key}.from`, source],
    ]),
  )
  const lines = rows.map(({ key, value, source }) => `${key} = ${value} (${source})`)
  // The key has a check of its own.
  const unused = unusedSecrets(context.loaded).filter(({ key }) => key !== 'apiKey')
  if (unused.length === 0) return ok(lines.join('\n'), data)
  return warn([...lines, ...unused.map(unusedWords)].join('\n'), unused.map(unusedRemedy).join('\n'), data)
}

const models = ({ setUp }: DoctorContext): Finding => {
  if (setUp === undefined) return skip(configurationIsAtFault)
  const [main, small] = [setUp.model, setUp.smallModel].map(({ model }) => clientSpelling(model.id))
  return ok(`${main}, and ${small} for small tasks`, { model: main ?? '', smallModel: small ?? '' })
}

/** The files' own warnings are told with the files. */
const exposure = ({ setUp }: DoctorContext): Finding => {
  if (setUp === undefined) return skip(configurationIsAtFault)
  const { loaded } = setUp
  // What closes a file is told in the remedy.
  const exposed = loaded.exposed.map(exposedWords)
  const others = warningsOf({ ...setUp, loaded: { ...loaded, exposed: [], warnings: [], unused: new Map() } })
  const warnings = [...exposed, ...others]
  if (warnings.length === 0) return ok('nobody else can read the key, or reach the server')
  const remedies = [
    ...(loaded.exposed.length === 0 ? [] : ['Keep the file to yourself:']),
    ...loaded.exposed.map((path) => `  ${closingCommand(path)}`),
    ...(others.length > 0
      ? [
          'Give keys and tokens in a file or a variable, listen on 127.0.0.1 or set NEXUS_CLIENT_TOKEN, use an https endpoint.',
        ]
      : []),
  ]
  return warn(warnings.join('\n'), remedies.join('\n'))
}

const logFile = ({ loaded }: DoctorContext): Finding => {
  if (loaded === undefined) return skip(configurationIsAtFault)
  const path = loaded.config.logging.file
  if (path === undefined) return info('none is asked for', { path: null })
  try {
    checkLogFile(path)
    return ok(`${path} can be written`, { path })
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return failWith(error.message)
  }
}

const key = ({ setUp, loaded, io, isSimulated }: DoctorContext): Finding => {
  if (isSimulated) return info('none is needed: AI Nexus is simulated')
  if (loaded === undefined) return skip(configurationIsAtFault)
  const { apiKey } = loaded.config
  const from = loaded.sources.get('apiKey') ?? ''
  if (apiKey !== undefined) {
    const unused = unusedSecrets(loaded).filter((secret) => secret.key === 'apiKey')
    const found = `${apiKey.masked()} (${from})`
    const data = { masked: apiKey.masked(), from }
    if (unused.length === 0) return ok(found, data)
    const remedies = [...new Set(unused.map(unusedRemedy))]
    return warn([found, ...unused.map(unusedWords)].join('\n'), remedies.join('\n'), {
      ...data,
      unused: unused.map(({ source }) => source).join(', '),
    })
  }
  return failWith(setUp === undefined ? 'No AI Nexus key.' : missingKey(io.machine))
}

export const configChecks = (context: DoctorContext): CheckGroup => ({
  title: 'Set-up',
  checks: [
    { id: 'config', title: 'Configuration', run: () => files(context) },
    { id: 'config.settings', title: 'Settings', run: () => settingsFound(context) },
    { id: 'config.models', title: 'Models', run: () => models(context) },
    { id: 'config.exposure', title: 'Safety', run: () => exposure(context) },
    { id: 'config.log-file', title: 'Log file', run: () => logFile(context) },
    { id: 'key.present', title: 'Key', run: () => key(context) },
  ],
})
