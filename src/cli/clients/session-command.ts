import type { ArgsDef } from 'citty'
import { accessSettings, drainSettings } from '../../config/settings/access.ts'
import { limitSettings } from '../../config/settings/limits.ts'
import { scalingSettings } from '../../config/settings/scaling.ts'
import { productName } from '../../version.ts'
import { commonFlags } from '../parse/arguments.ts'
import { settingFlags, simulateFlag, sourceFlags } from '../parse/config-flags.ts'

/** The common parts of the commands that run a client with its own server. */

const ownServer = 'it starts its own server, on a free port of 127.0.0.1 and with a new token'

/** Flags for a server with more than one user. */
const teamFlags = [...accessSettings, ...drainSettings, ...limitSettings, ...scalingSettings].flatMap((setting) =>
  'flag' in setting ? [setting.flag] : [],
)

/** Flags of `start` that these commands do not have, with the reason. */
export const flagsOfOtherServers = {
  ...Object.fromEntries(teamFlags.map((flag) => [`--${flag}`, 'its own server has only one user'])),
  '--port': ownServer,
  '--host': ownServer,
  '--client-token': ownServer,
  '--no-openai-api': 'its own server serves the API that the client needs',
}

export const sessionDetails = (name: string, title: string): readonly string[] => [
  `Starts a server for this session, on a free port and with its own token, and runs ${title} in this terminal. Ends when ${title} ends, with its exit code. The terminal shows only ${title}: use --log-file to see what the server does.`,
  `Put the flags below first. The first other argument, and all arguments after it, are passed to ${title}. Put -- before a flag that both programs have: ${productName} ${name} -- --help.`,
]

/** The flags of all settings except those of a shared server and those named. */
export const sessionFlags = (...without: readonly string[]): ArgsDef => ({
  ...settingFlags('host', 'port', 'client-token', 'stats-interval', 'no-openai-api', ...teamFlags, ...without),
  ...sourceFlags,
  simulate: simulateFlag,
  ...commonFlags,
})
