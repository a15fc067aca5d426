import { loadConfig } from '../../config/load.ts'
import { productName } from '../../version.ts'
import { type ClaudeSettings, isOn, readClaudeSettings } from '../claude-code/claude-settings.ts'
import { chooseGatewayMode } from '../claude-code/gateway-sign-in.ts'
import { claudeCodeEnvironment, divertingVariables, otherProviders } from '../claude-code/launch/environment.ts'
import { launchChoices } from '../claude-code/launch/launch.ts'
import { isOverridden } from '../claude-code/launch/settings-conflicts.ts'
import { isModelGiven } from '../clients/model-choice.ts'
import type { LaunchEnvironment } from '../clients/shells.ts'
import { allModels } from '../config/set-up.ts'
import { autoMode } from './auto-mode.ts'
import { type CheckGroup, type Finding, fail, info, ok, unless, warn } from './check.ts'
import { programFinding } from './claude-program-check.ts'
import type { DoctorContext } from './context.ts'
import { gatewayAddressFinding } from './gateway-address-check.ts'
import { gatewayFinding } from './gateway-check.ts'
import { modelFinding } from './model-check.ts'
import { noProxyFinding } from './no-proxy-check.ts'
import { webFetchFinding, webSearchFinding } from './web-check.ts'

/** Checks Claude Code itself, and its own settings that override the launch. */

/** If the configuration has an error, the defaults still show which variables a launch sets. */
const launchOf = ({ setUp, io, url }: DoctorContext): LaunchEnvironment => {
  const config = setUp?.loaded.config ?? loadConfig({ flags: {}, environment: {}, files: [] }).config
  const { set, unset } = claudeCodeEnvironment({
    config,
    models: allModels,
    model: setUp?.model ?? allModels.resolve(config.model),
    smallModel: setUp?.smallModel ?? allModels.resolve(config.smallModel),
    port: config.port,
    environment: io.machine.environment,
    isGatewayMode: chooseGatewayMode(config.gatewayMode, io.machine).isOn,
    isModelFixed: setUp !== undefined && isModelGiven(setUp),
    ...(setUp === undefined
      ? { isChosen: { model: false, smallModel: false }, showsOwnKey: false }
      : launchChoices(setUp, config)),
  })
  return { set: { ...set, ...(url !== undefined && { ANTHROPIC_BASE_URL: url }) }, unset }
}

/** With a wrong value of these, no request reaches our server. */
const decisive: readonly string[] = ['ANTHROPIC_BASE_URL', ...otherProviders].map((name) => `env.${name}`)

/** `claude` overrides only settings that keep requests from the server. Others, such as models, belong to the user. */
const settingsRemedy = (overrides: ClaudeSettings['overrides']): string => {
  const kept = overrides.filter(({ name }) => !isOverridden(name)).map(({ name }) => name)
  const remedy =
    kept.length === 0
      ? `Remove them from the file, or start Claude Code with ${productName} claude, which overrides them`
      : `Remove them from the file. ${productName} claude overrides them, except ${[...new Set(kept)].join(', ')}`
  const managed = overrides.some(({ isManaged }) => isManaged)
  return `These settings win over the launch command. ${remedy}${managed ? '. Only your administrator can change managed settings' : ''}.`
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
  if (lines.length === 0) return ok(files.length === 0 ? 'none found' : `no conflicts: ${files.join(', ')}`, data)
  if (overrides.length === 0) return warn(lines.join('\n'), 'Fix the file: Claude Code cannot read it either.', data)
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
        `${names}: Claude Code uses another service if this is set. The launch command unsets it; Claude Code started in another way does not use this server.`,
        { variables: services.join(',') },
      ),
      remedy: `If you start Claude Code in another way, run:\n  ${removal(services, platform)}`,
    }
  }
  if (isSet(environment['ANTHROPIC_API_KEY']))
    return info('ANTHROPIC_API_KEY is set, which does no harm: the launch command unsets it', {
      variables: 'ANTHROPIC_API_KEY',
    })
  return ok('no conflicting variables', { variables: '' })
}

export const claudeChecks = (context: DoctorContext): CheckGroup => {
  const { machine } = context.io
  /** Claude Code's own tools and checks then work without this program. */
  const isAnthropic = (): string | undefined =>
    context.loaded?.config.upstream === 'anthropic' ? "Anthropic's own API" : undefined
  return {
    title: 'Claude Code',
    checks: [
      { id: 'claude.program', title: 'Program', run: () => programFinding(machine) },
      { id: 'claude.gateway', title: 'Gateway sign-in', run: () => gatewayFinding(context) },
      { id: 'claude.gateway-address', title: 'Gateway address', run: () => gatewayAddressFinding(context) },
      { id: 'claude.model', title: 'Model', run: () => modelFinding(context) },
      { id: 'claude.settings', title: 'Settings files', run: () => settings(context) },
      { id: 'claude.environment', title: 'Environment', run: () => environmentFinding(context) },
      unless(isAnthropic, { id: 'claude.web-fetch', title: 'WebFetch', run: () => webFetchFinding(context) }),
      unless(isAnthropic, { id: 'claude.web-search', title: 'WebSearch', run: () => webSearchFinding(context) }),
      unless(isAnthropic, {
        id: 'claude.auto-mode',
        title: 'Auto mode',
        run: () => autoMode(context, launchOf(context)),
      }),
      { id: 'claude.no-proxy', title: 'NO_PROXY', run: () => noProxyFinding(context) },
    ],
  }
}
