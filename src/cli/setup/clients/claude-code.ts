import { statSync } from 'node:fs'
import { attempt } from '../../../base/attempt.ts'
import { isObject } from '../../../base/json.ts'
import { UsageError } from '../../../base/usage-error.ts'
import type { Machine } from '../../../config/paths.ts'
import { hasWebSearch } from '../../../config/web-search.ts'
import { cachesForAnHour } from '../../../upstreams/registry.ts'
import { isHarmless, isOn, readClaudeSettings } from '../../claude-code/claude-settings.ts'
import { findGatewaySignIn, gatewayUrl } from '../../claude-code/gateway-sign-in.ts'
import {
  claudeCodeEnvironment,
  divertingVariables,
  gatewaySwitch,
  otherProviders,
  ownKey,
} from '../../claude-code/launch/environment.ts'
import { launchChoices } from '../../claude-code/launch/launch.ts'
import { claudeFolder, readJsonFile, type SettingsFile, settingsFiles } from '../../claude-code/settings-files.ts'
import { isSearchAllowed, preflightKey, skipsPreflight, webSearch } from '../../claude-code/web-tools.ts'
import { launchTarget, trustFor } from '../../clients/host.ts'
import type { LaunchEnvironment } from '../../clients/shells.ts'
import type { ClientPlan, KeyEdit, SetupClient, SetupRequest } from '../client-plan.ts'
import { joined } from './client-folders.ts'

/** Claude Code's user settings: the environment of a launch, or the sign-in to this server. */

const settingsPath = (machine: Machine): string => joined(machine, claudeFolder(machine), 'settings.json')

const tokenVariable = 'ANTHROPIC_AUTH_TOKEN'
const helperKey = 'apiKeyHelper'
const loginKeys = ['forceLoginMethod', 'forceLoginGatewayUrl'] as const
const proxyNames = ['NO_PROXY', 'no_proxy'] as const

/** Throws UsageError: with a stored sign-in, Claude Code ignores its environment (SU-CC1). */
const refuseSignedIn = (machine: Machine): void => {
  const signIn = findGatewaySignIn(machine)
  if (signIn?.key !== 'enterpriseGateway') return
  throw new UsageError(
    `Claude Code is signed in to a gateway (${signIn.path}), and then ignores the settings of this program. Run /logout in Claude Code first, or use setup claude-code --sign-in.`,
  )
}

const isManagedElsewhere = ({ settings }: SettingsFile, url: string, environment: LaunchEnvironment): string[] => {
  const method = settings?.['forceLoginMethod']
  const gateway = settings?.['forceLoginGatewayUrl']
  const env = isObject(settings?.['env']) ? settings['env'] : {}
  return [
    ...(method !== undefined && method !== 'gateway' ? ['forceLoginMethod'] : []),
    ...(gateway !== undefined && gateway !== url ? ['forceLoginGatewayUrl'] : []),
    ...proxyNames
      .filter((name) => typeof env[name] === 'string' && !isHarmless(name, env[name], environment))
      .map((name) => `env.${name}`),
  ]
}

interface Overrule {
  readonly path: string
  readonly name: string
  readonly isManaged: boolean
}

/** Settings in other files that win over the user's. */
const overrulesOf = ({ machine, url, isSignIn }: SetupRequest, environment: LaunchEnvironment): Overrule[] => {
  const own = settingsPath(machine)
  const found = isSignIn
    ? settingsFiles(machine).flatMap((file) =>
        isManagedElsewhere(file, url, environment).map((name) => ({ ...file, name })),
      )
    : readClaudeSettings(machine, environment).overrides
  return found.filter(({ path }) => path !== own)
}

/** Throws UsageError for a managed file (SU-14). Returns sentences about the other files. */
const checkOverrules = (overrules: readonly Overrule[]): string[] => {
  const managed = overrules.find(({ isManaged }) => isManaged)
  if (managed !== undefined)
    throw new UsageError(
      `${managed.path} sets ${managed.name}, which wins over your own settings. Request a change from your administrator.`,
    )
  return overrules.map(({ path, name }) => `${path} sets ${name}, which wins over your own settings in that folder.`)
}

/** The environment of a launch, for the URL of the request: without a token, which `apiKeyHelper` prints. */
export const environmentOf = async ({ machine, setUp, url, token }: SetupRequest): Promise<LaunchEnvironment> => {
  const { config } = setUp.loaded
  const { environment } = machine
  const launched = claudeCodeEnvironment({
    ...setUp,
    ...launchChoices({ ...setUp, isElsewhere: true }, config),
    config: { ...config, host: new URL(url).hostname },
    port: config.port,
    environment,
    isGatewayMode: config.gatewayMode === 'on',
    isModelFixed: false,
  })
  const trust = trustFor(await launchTarget(config, config.port, { machine }), 'NODE_EXTRA_CA_CERTS', environment)
  const { [tokenVariable]: anyToken, ...others } = launched.set
  return {
    ...launched,
    set: {
      ...others,
      ...(anyToken !== undefined && token === undefined && { [tokenVariable]: anyToken }),
      ANTHROPIC_BASE_URL: url,
      ...trust.set,
    },
  }
}

const inEnv = (name: string): readonly [string, string] => ['env', name]

const hostsEdits = (set: LaunchEnvironment['set']): KeyEdit[] =>
  proxyNames.map((name) => ({ path: inEnv(name), hosts: (set[name] ?? '').split(',') }))

/** Values that the user may decide, in both ways. */
const preferences = ({ setUp: { loaded, model } }: SetupRequest): KeyEdit[] => {
  const { config } = loaded
  const isHour = config.cache.ttl === '1h' && config.upstream !== 'anthropic' && cachesForAnHour(config, model.model.id)
  return [
    ...(skipsPreflight(config) ? [{ path: [preflightKey], value: true, isDefault: true } as const] : []),
    ...(isHour
      ? ([
          { path: ['promptCacheTtl'], value: '1h', isDefault: true },
          { path: ['subagentPromptCacheTtl'], value: '5m', isDefault: true },
        ] as const)
      : []),
  ]
}

/** WebSearch fails without a search of the server. In gateway mode, Claude Code does not offer it. */
const searchEdits = ({ machine, setUp: { loaded } }: SetupRequest): KeyEdit[] => {
  const { config } = loaded
  const isDenied = !hasWebSearch(config) && config.gatewayMode !== 'on' && !isSearchAllowed(settingsFiles(machine))
  return isDenied ? [{ path: ['permissions', 'deny', { equals: webSearch }], value: webSearch }] : []
}

/** Before a sign-in, Claude Code would wait for it. */
const loginEdits = (machine: Machine): KeyEdit[] => {
  const own = settingsFiles(machine).find(({ path }) => path === settingsPath(machine))
  if (own?.settings?.['forceLoginMethod'] !== 'gateway') return []
  return loginKeys.map((name) => ({ path: [name], isAbsent: true }))
}

const environmentEdits = (request: SetupRequest, { set, unset }: LaunchEnvironment): KeyEdit[] => {
  const { machine, token, tokenCommand } = request
  const diverting = [...unset.filter((name) => name === ownKey), ...otherProviders].filter((name) => !(name in set))
  const plain = Object.entries(set).filter(([name]) => !proxyNames.some((proxy) => proxy === name))
  const hasToken = tokenVariable in set
  return [
    ...plain.map(([name, value]) => ({ path: inEnv(name), value })),
    ...hostsEdits(set),
    ...diverting.map((name) => ({ path: inEnv(name), isAbsent: true }) as const),
    ...(token === undefined
      ? []
      : ([
          { path: [helperKey], value: tokenCommand },
          { path: inEnv(tokenVariable), isAbsent: true },
        ] as const)),
    // Another helper would print a secret of the user's for this server.
    ...(hasToken ? [{ path: [helperKey], isAbsent: true } as const] : []),
    ...loginEdits(machine),
    ...searchEdits(request),
    ...preferences(request),
  ]
}

const signInEdits = (request: SetupRequest, { set }: LaunchEnvironment): KeyEdit[] => [
  { path: ['forceLoginMethod'], value: 'gateway' },
  { path: ['forceLoginGatewayUrl'], value: request.url },
  ...hostsEdits(set),
  ...preferences(request),
]

const proxyNote = 'Claude Code uses NO_PROXY of this file from now on, not the one of your shell.'

/** Measured with 2.1.332: another provider's switch wins over `env`, and a token over a helper. */
const shellNote = ({ machine: { environment }, token }: SetupRequest, { set }: LaunchEnvironment): string[] => {
  const names = [...divertingVariables, ...(token === undefined ? [] : [tokenVariable])].filter(
    (name) => name !== gatewaySwitch && !(name in set) && isOn(environment[name] ?? ''),
  )
  return names.length === 0
    ? []
    : [`Your shell sets ${names.join(', ')}. Unset it: it wins over this file, and Claude Code cannot use the server.`]
}

const signedInNote = (machine: Machine, url: string): string[] => {
  const signIn = findGatewaySignIn(machine)
  if (signIn?.key !== 'enterpriseGateway' || gatewayUrl(signIn) === url) return []
  return ['Claude Code is signed in to another gateway. Run /logout there first.']
}

/** Claude Code itself reads neither comments nor trailing commas (measured: 2.1.332). */
const unreadableNote = (machine: Machine): string[] => {
  const path = settingsPath(machine)
  // Whether the file can be read at all, the engine checks.
  const size = attempt(() => statSync(path).size) ?? 0
  return size > 0 && readJsonFile(path) === null
    ? [`Claude Code reads no ${path} with comments or trailing commas. Remove them.`]
    : []
}

/** On macOS, a stored sign-in is in the keychain, which this program does not open. */
const keychainNote = ({ platform }: Machine): string[] =>
  platform === 'darwin'
    ? ['If Claude Code is signed in to a gateway, run /logout there: it ignores env otherwise.']
    : []

const plan = async (request: SetupRequest): Promise<ClientPlan> => {
  const { machine, setUp, isSignIn, url } = request
  if (!isSignIn && setUp.loaded.config.gatewayMode !== 'on') refuseSignedIn(machine)
  const environment = await environmentOf(request)
  const notes = checkOverrules(overrulesOf(request, environment))
  const edits = isSignIn ? signInEdits(request, environment) : environmentEdits(request, environment)
  return {
    files: [{ path: settingsPath(machine), format: 'json', edits }],
    notes: [
      ...notes,
      ...unreadableNote(machine),
      ...(isSignIn ? signedInNote(machine, url) : [...shellNote(request, environment), ...keychainNote(machine)]),
      proxyNote,
    ],
    restart: 'Restart Claude Code: it reads its settings at the start.',
    check: isSignIn ? 'claude, then /login' : 'claude -p "Say hello"',
  }
}

export const claudeCodeSetup: SetupClient = {
  name: 'claude-code',
  title: 'Claude Code',
  hasSignIn: true,
  files: (machine) => [settingsPath(machine)],
  plan,
  undone: (keys) =>
    keys.some(({ path: [name] }) => name === 'forceLoginGatewayUrl')
      ? ['A sign-in of Claude Code stays until you run /logout there, or sign-in revoke here.']
      : [],
}
