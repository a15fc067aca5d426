import type { Config } from '../../config/load.ts'
import { chooseGatewayMode, gatewayWords } from '../claude/gateway-sign-in.ts'
import type { Io } from '../io.ts'
import type { ChosenModels } from '../set-up.ts'
import { claudeCodeEnvironment } from './environment.ts'
import type { LaunchEnvironment } from './shells.ts'

/** How Claude Code is started against one server: by `claude`, by the line of `start`, by `env`. */
export interface Launch {
  readonly environment: LaunchEnvironment
  /** For the user, a line each. */
  readonly notes: readonly string[]
}

interface Server {
  readonly config: Config
  /** The one that is really used: the configured one may have been 0. */
  readonly port: number
}

export const planLaunch = (setUp: ChosenModels, { config, port }: Server, { machine }: Io): Launch => {
  const gateway = chooseGatewayMode(config.gatewayMode, machine)
  const { environment } = setUp.loaded
  const words = gatewayWords(gateway)
  return {
    environment: claudeCodeEnvironment({ ...setUp, config, port, environment, isGatewayMode: gateway.isOn }),
    notes: words === undefined ? [] : [words],
  }
}
