import type { Config } from '../../../config/load.ts'
import type { Machine } from '../../../config/paths.ts'
import type { Launch, LaunchServer, LaunchSetUp, PlanLaunch } from '../../clients/client.ts'
import { launchTarget, trustFor } from '../../clients/host.ts'
import { isModelGiven } from '../../clients/model-choice.ts'
import { needsClientKey } from '../../clients/own-key.ts'
import { isSet } from '../../config/set-up.ts'
import { findClaude } from '../claude-program.ts'
import { chooseGatewayMode, gatewayWords } from '../gateway-sign-in.ts'
import { installedVersion } from '../installed-version.ts'
import { type SettingsFile, settingsFiles } from '../settings-files.ts'
import { settingsModel } from '../settings-model.ts'
import { cacheLifetime } from './cache-lifetime.ts'
import { claudeCodeEnvironment } from './environment.ts'

/**
 * The oldest version that is known to read ANTHROPIC_DEFAULT_MODEL. An older one (2.1.197) starts with its Opus tier
 * if nothing else names a model.
 */
const readsDefaultModel = '2.1.329'

/** Treats an unknown version as new: Claude Code updates itself. */
const hasOldClient = (machine: Machine): boolean => {
  const program = findClaude(machine)
  const version = program && installedVersion(program.path)
  return version !== undefined && Bun.semver.order(version, readsDefaultModel) < 0
}

/** The parts of a launch that depend on who chose the models and on whose credential goes to the upstream. */
export const launchChoices = (setUp: LaunchSetUp, config: Config) => ({
  isChosen: { model: isSet('model', setUp.loaded), smallModel: isSet('smallModel', setUp.loaded) },
  showsOwnKey: needsClientKey(setUp, config),
})

/** `files`: Claude Code's settings. */
export const planWithSettings = async (
  setUp: LaunchSetUp,
  { config, port }: LaunchServer,
  machine: Machine,
  files: readonly SettingsFile[],
): Promise<Launch> => {
  const gateway = chooseGatewayMode(config.gatewayMode, machine)
  const { environment } = setUp.loaded
  const words = gatewayWords(gateway)
  const target = await launchTarget(config, port, { ...setUp, machine })
  const trust = trustFor(target, 'NODE_EXTRA_CA_CERTS', environment)
  // An old client, too, keeps the user's choice: it is in its settings.
  const needsModel = settingsModel(machine) === undefined && hasOldClient(machine)
  const launched = claudeCodeEnvironment({
    ...setUp,
    ...launchChoices(setUp, config),
    config: { ...config, host: target.host },
    port,
    environment,
    isGatewayMode: gateway.isOn,
    isModelFixed: isModelGiven(setUp) || needsModel,
  })
  const lifetime = cacheLifetime({ config, model: setUp.model, environment, files })
  return {
    environment: { ...launched, set: { ...launched.set, ...trust.set, ...lifetime.set } },
    args: [],
    notes: [...(words === undefined ? [] : [words]), ...trust.notes, ...lifetime.notes],
  }
}

export const planLaunch: PlanLaunch = async (setUp, server, { machine }) =>
  planWithSettings(setUp, server, machine, settingsFiles(machine))
