import type { Config } from '../../config/load.ts'
import { isOn, settingsVariables } from '../claude-code/claude-settings.ts'
import { autoModeServer } from '../claude-code/launch/environment.ts'
import { settingsFiles } from '../claude-code/settings-files.ts'
import type { LaunchEnvironment } from '../clients/shells.ts'
import { type Finding, info, ok, warn } from './check.ts'
import type { DoctorContext } from './context.ts'

/** Reports which safety check judges the actions of auto mode, in a Claude Code that the launch command starts. */

type Mode = Config['translation']['safeguards']

/** The variable's value in Claude Code, and its source. Settings files win over the environment. */
const variableOf = (
  { io: { machine } }: DoctorContext,
  { set }: LaunchEnvironment,
): { value: string; from: string } | undefined => {
  const inFile = settingsVariables(settingsFiles(machine)).find(({ name }) => name === autoModeServer)
  if (inFile !== undefined) return { value: inFile.value, from: inFile.path }
  const launched = set[autoModeServer]
  if (launched !== undefined) return { value: launched, from: 'the launch command' }
  const own = machine.environment[autoModeServer]
  return own === undefined ? undefined : { value: own, from: 'the environment' }
}

const byServer = (mode: Mode, smallModel: string): Finding => {
  if (mode === 'answer')
    return ok(`this server checks actions, with ${smallModel} (translation.safeguards)`, { check: 'server' })
  const remedy =
    mode === 'off'
      ? "Set translation.safeguards to answer, or to client to use Claude Code's own check."
      : `Remove ${autoModeServer} from the settings file of Claude Code.`
  return warn(
    `no check: Claude Code expects one from the server, but translation.safeguards is ${mode}. Claude Code asks you about each action.`,
    remedy,
    { check: 'none' },
  )
}

export const autoMode = (context: DoctorContext, launch: LaunchEnvironment): Finding => {
  const mode = context.loaded?.config.translation.safeguards ?? 'answer'
  const variable = variableOf(context, launch)
  if (variable === undefined || isOn(variable.value))
    return byServer(mode, launch.set['ANTHROPIC_SMALL_FAST_MODEL'] ?? 'the small model')
  return info(
    `Claude Code checks actions itself, with the model of the session: ${autoModeServer} is off in ${variable.from}`,
    { check: 'client' },
  )
}
