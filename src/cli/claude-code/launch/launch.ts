import { forwardsClientKeys, hasOtherCredentials } from '../../../config/client-keys.ts'
import type { Config } from '../../../config/load.ts'
import type { Machine } from '../../../config/paths.ts'
import { parseModelName } from '../../../messages/model-name.ts'
import { type ChosenModels, isSet, type SetUp } from '../../config/set-up.ts'
import type { Io } from '../../terminal/io.ts'
import { findClaude } from '../claude-program.ts'
import { chooseGatewayMode, gatewayWords } from '../gateway-sign-in.ts'
import { installedVersion } from '../installed-version.ts'
import { settingsModel } from '../settings-model.ts'
import { claudeCodeEnvironment } from './environment.ts'
import { launchHost } from './host.ts'
import type { LaunchEnvironment } from './shells.ts'

/** How Claude Code starts with one server: through `claude`, the command of `start`, or `env`. */
export interface Launch {
  readonly environment: LaunchEnvironment
  /** For the user, one line each. */
  readonly notes: readonly string[]
}

interface Server {
  readonly config: Config
  /** The actual port: the configured one may be 0. */
  readonly port: number
}

/**
 * The oldest version that is known to read ANTHROPIC_DEFAULT_MODEL. An older one (2.1.197) starts with its Opus tier
 * if nothing else names a model.
 */
const readsDefaultModel = '2.1.329'

/** Whether the user named the main model for this run. A model in the configuration file is a default. */
export const isModelGiven = ({ loaded: { config, sources }, models }: ChosenModels): boolean =>
  ['--model', 'NEXUS_MODEL'].includes(sources.get('model') ?? '') &&
  // A server's own name says what the families stand for, and not which one Claude Code starts with.
  (!models.takesAnyName || models.keepsNames === true || parseModelName(config.model) !== undefined)

/** Treats an unknown version as new: Claude Code updates itself. */
const hasOldClient = (machine: Machine): boolean => {
  const program = findClaude(machine)
  const version = program && installedVersion(program.path)
  return version !== undefined && Bun.semver.order(version, readsDefaultModel) < 0
}

interface LaunchSetUp extends ChosenModels, Pick<Partial<SetUp>, 'isSimulated'> {
  /** The server runs with another environment, perhaps of another user. */
  readonly isElsewhere?: true
}

/** The parts of a launch that depend on who chose the models and on whose credential goes to the upstream. */
export const launchChoices = (setUp: LaunchSetUp, config: Config) => {
  const { loaded, isSimulated = false, isElsewhere = false } = setUp
  const source = loaded.sources.get('anthropic.apiKey')
  // Claude Code reads this variable, too: in a client's environment, it is the client's own key.
  const hasKey = source !== undefined && !(isElsewhere && source === 'ANTHROPIC_API_KEY')
  const hasCredential = isSimulated || hasKey || hasOtherCredentials(config)
  return {
    isChosen: { model: isSet('model', loaded), smallModel: isSet('smallModel', loaded) },
    showsOwnKey: config.upstream === 'anthropic' && forwardsClientKeys(config) && !hasCredential,
  }
}

export const planLaunch = async (setUp: LaunchSetUp, { config, port }: Server, { machine }: Io): Promise<Launch> => {
  const gateway = chooseGatewayMode(config.gatewayMode, machine)
  const { environment } = setUp.loaded
  const words = gatewayWords(gateway)
  const host = setUp.isSimulated ? config.host : await launchHost(config, port, machine)
  // An old client, too, keeps the user's choice: it is in its settings.
  const needsModel = settingsModel(machine) === undefined && hasOldClient(machine)
  return {
    environment: claudeCodeEnvironment({
      ...setUp,
      ...launchChoices(setUp, config),
      config: { ...config, host },
      port,
      environment,
      isGatewayMode: gateway.isOn,
      isModelFixed: isModelGiven(setUp) || needsModel,
    }),
    notes: words === undefined ? [] : [words],
  }
}
