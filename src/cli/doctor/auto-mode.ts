import type { Machine } from '../../config/paths.ts'
import { isOn, settingsVariables } from '../claude/claude-settings.ts'
import { settingsFiles } from '../claude/settings-files.ts'
import { autoModeServer } from '../launch/environment.ts'
import { type Finding, info, warn } from './check.ts'

/** Reports which safety check judges the actions of Claude Code's auto mode. */
export const autoMode = (machine: Machine): Finding => {
  const override = settingsVariables(settingsFiles(machine)).find(({ name }) => name === autoModeServer)
  if (override !== undefined && isOn(override.value))
    return warn(
      `no check: ${override.path} sets ${autoModeServer}, so Claude Code waits for a check by the server`,
      `Remove ${autoModeServer} from that file.`,
      { check: 'none' },
    )
  return info(
    `Claude Code checks actions itself, with the session's model. Started without the launch command it needs ${autoModeServer}=0.`,
    { check: 'client' },
  )
}
