import { hasWebSearch } from '../../config/web-search.ts'
import type { Client, PlanLaunch } from '../clients/client.ts'
import type { ParsedArguments } from '../parse/parsed-arguments.ts'
import type { Io } from '../terminal/io.ts'
import { claudeProgram, installLines } from './claude-program.ts'
import { settingsVariables } from './claude-settings.ts'
import { clientArguments } from './client-arguments.ts'
import { planLaunch, planWithSettings } from './launch/launch.ts'
import { resolveSettingsConflicts } from './launch/settings-conflicts.ts'
import { readSettingsArgument } from './settings-argument.ts'
import { settingsFiles } from './settings-files.ts'
import { failingSearchWords, skipsPreflight } from './web-tools.ts'

const prepare = ({ rest }: ParsedArguments, io: Io): PlanLaunch => {
  const given = readSettingsArgument(rest, io.machine)
  return async (setUp, server) => {
    const files = settingsFiles(io.machine, given)
    const launch = await planWithSettings(setUp, server, io.machine, files)
    const { environment, env } = resolveSettingsConflicts(launch.environment, settingsVariables(files))
    const tools = { hasWebSearch: hasWebSearch(server.config), skipsPreflight: skipsPreflight(server.config) }
    return { ...launch, environment, ...clientArguments({ rest, given, files, env, ...tools }) }
  }
}

/** The line of `start` passes no settings. `env` does not know whether its server searches. */
const planPrinted: PlanLaunch = async (setUp, server, io) => {
  const launch = await planLaunch(setUp, server, io)
  const words = setUp.isElsewhere ? undefined : failingSearchWords(server.config, io.machine)
  return words === undefined ? launch : { ...launch, notes: [...launch.notes, words] }
}

/** Claude Code in this terminal. */
export const claudeClient: Client = {
  ...claudeProgram,
  name: 'claude',
  title: 'Claude Code',
  usesOpenAi: false,
  installLines,
  sessions: {
    header: 'x-claude-code-session-id',
    pattern: /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i,
    resume: (id) => ['--resume', id],
    isPrinting(rest) {
      const terminator = rest.indexOf('--')
      return rest.slice(0, terminator === -1 ? undefined : terminator).some((arg) => arg === '-p' || arg === '--print')
    },
  },
  silenceHint:
    'Claude Code ignores ANTHROPIC_BASE_URL if it is signed in to a gateway. If it answered a prompt, the answer did not come from this server: use --gateway-mode on.',
  plan: planPrinted,
  prepare,
}
