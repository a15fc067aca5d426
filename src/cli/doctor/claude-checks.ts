import { loadConfig } from '../../config/load.ts'
import type { Machine } from '../../config/paths.ts'
import { productName } from '../../version.ts'
import { type ClaudeSettings, isOn, readClaudeSettings } from '../claude-code/claude-settings.ts'
import { chooseGatewayMode } from '../claude-code/gateway-sign-in.ts'
import {
  claudeCodeEnvironment,
  divertingVariables,
  localUrl,
  otherProviders,
} from '../claude-code/launch/environment.ts'
import { isModelGiven } from '../claude-code/launch/launch.ts'
import { isOverridden } from '../claude-code/launch/settings-conflicts.ts'
import type { LaunchEnvironment } from '../claude-code/launch/shells.ts'
import { allModels } from '../config/set-up.ts'
import { bypassesProxy, namedProxy } from '../system/proxy.ts'
import { autoMode } from './auto-mode.ts'
import { type CheckGroup, type Finding, fail, info, ok, warn } from './check.ts'
import { programFinding } from './claude-program-check.ts'
import type { DoctorContext } from './context.ts'
import { gatewayFinding } from './gateway-check.ts'
import { modelFinding } from './model-check.ts'
import { webFetchFinding, webSearchFinding } from './web-check.ts'

/** Claude Code itself, and what of its own would undo what it is launched with. */

/** Where the configuration is at fault the defaults still tell which variables there are. */
const launchOf = ({ setUp, io }: DoctorContext): LaunchEnvironment => {
  const config = setUp?.loaded.config ?? loadConfig({ flags: {}, environment: {}, files: [] }).config
  return claudeCodeEnvironment({
    config,
    models: allModels,
    model: setUp?.model ?? allModels.resolve(config.model),
    smallModel: setUp?.smallModel ?? allModels.resolve(config.smallModel),
    port: config.port,
    environment: io.machine.environment,
    isGatewayMode: chooseGatewayMode(config.gatewayMode, io.machine).isOn,
    isModelFixed: setUp !== undefined && isModelGiven(setUp.loaded),
  })
}

/** Without these, Claude Code does not come to our server at all. */
const decisive: readonly string[] = ['ANTHROPIC_BASE_URL', ...otherProviders].map((name) => `env.${name}`)

/** `claude` leaves to the user what does not keep requests from the server: the models, for one. */
const settingsRemedy = (overrides: ClaudeSettings['overrides']): string => {
  const kept = overrides.filter(({ name }) => !isOverridden(name)).map(({ name }) => name)
  const way =
    kept.length === 0
      ? `Take them out of the file, or start Claude Code with ${productName} claude, which overrules them`
      : `Take them out of the file. ${productName} claude overrules them, except ${[...new Set(kept)].join(', ')}`
  const managed = overrides.some(({ isManaged }) => isManaged)
  return `These go before what Claude Code is launched with. ${way}${managed ? '. What is managed only your administrator can change' : ''}.`
}

const settings = (context: DoctorContext): Finding => {
  const { files, unreadable, overrides } = readClaudeSettings(context.io.machine, launchOf(context))
  const data = {
    files: files.join(', '),
    overrides: overrides.map(({ path, name }) => `${name} in ${path}`).join(', '),
  }
  const lines = [
    ...unreadable.map((path) => `${path} is not valid JSON, or cannot be read`),
    ...overrides.map(({ path, name, isManaged }) => `${name} in ${path}${isManaged ? ' (managed)' : ''}`),
  ]
  if (lines.length === 0)
    return ok(files.length === 0 ? 'there are none' : `nothing in the way: ${files.join(', ')}`, data)
  if (overrides.length === 0) return warn(lines.join('\n'), 'Mend the file: Claude Code cannot read it either.', data)
  const isDecisive = overrides.some(({ name }) => decisive.includes(name))
  return (isDecisive ? fail : warn)(lines.join('\n'), settingsRemedy(overrides), data)
}

const removal = (names: readonly string[], platform: string): string =>
  platform === 'win32' ? `Remove-Item ${names.map((name) => `Env:${name}`).join(', ')}` : `unset ${names.join(' ')}`

const isSet = (value: string | undefined): boolean => value !== undefined && isOn(value)

const environmentFinding = (context: DoctorContext): Finding => {
  const { platform, environment } = context.io.machine
  const { set } = launchOf(context)
  const services = divertingVariables.filter((name) => isSet(environment[name]) && !(name in set))
  if (services.length > 0) {
    const names = services.join(', ')
    return {
      ...info(
        `${names}: with that Claude Code goes to another service. The launch command takes it away; Claude Code started in another way would not come here.`,
        { variables: services.join(',') },
      ),
      remedy: `Only if you start it in another way:\n  ${removal(services, platform)}`,
    }
  }
  if (isSet(environment['ANTHROPIC_API_KEY']))
    return info('ANTHROPIC_API_KEY is set; the launch command takes it away, so it does no harm', {
      variables: 'ANTHROPIC_API_KEY',
    })
  return ok('nothing in the way', { variables: '' })
}

const loopback = '127.0.0.1,localhost,::1'

/** What is there already stays. */
const exemption = ({ platform, environment }: Machine): string => {
  const held = ['NO_PROXY', 'no_proxy'].find((name) => isSet(environment[name]))
  if (platform === 'win32') return `$env:NO_PROXY="${held === undefined ? '' : `$env:${held},`}${loopback}"`
  return `export NO_PROXY="${held === undefined ? '' : `$${held},`}${loopback}"`
}

/** Claude Code sends even what is for this machine through the proxy. */
const noProxy = ({ io: { machine }, loaded }: DoctorContext): Finding => {
  const { host, port } = loaded?.config ?? { host: '127.0.0.1', port: 0 }
  const address = new URL(localUrl(host, port))
  // It takes the one for https for everything.
  const proxy = namedProxy(machine.environment, new URL('https://any')) ?? namedProxy(machine.environment, address)
  if (proxy === undefined) return ok('no proxy in the environment')
  if (bypassesProxy(machine.environment, address)) return ok(`NO_PROXY holds ${address.hostname}`)
  return {
    ...info(
      `${proxy.variable} is set, and NO_PROXY does not hold ${address.hostname}. The launch command adds it; Claude Code started in another way would send its requests for this machine to the proxy.`,
    ),
    remedy: `Only if you start it in another way:\n  ${exemption(machine)}`,
  }
}

export const claudeChecks = (context: DoctorContext): CheckGroup => {
  const { machine } = context.io
  return {
    title: 'Claude Code',
    checks: [
      { id: 'claude.program', title: 'Program', run: () => programFinding(machine) },
      { id: 'claude.gateway', title: 'Gateway sign-in', run: () => gatewayFinding(context) },
      { id: 'claude.model', title: 'Model', run: () => modelFinding(context) },
      { id: 'claude.settings', title: 'Settings files', run: () => settings(context) },
      { id: 'claude.environment', title: 'Environment', run: () => environmentFinding(context) },
      { id: 'claude.web-fetch', title: 'WebFetch', run: () => webFetchFinding(machine) },
      { id: 'claude.web-search', title: 'WebSearch', run: () => webSearchFinding(machine) },
      { id: 'claude.no-proxy', title: 'NO_PROXY', run: () => noProxy(context) },
      { id: 'claude.auto-mode', title: 'Auto mode', run: () => autoMode(context, launchOf(context)) },
    ],
  }
}
