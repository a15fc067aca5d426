import { flagsOfOtherServers } from '../clients/session-command.ts'
import type { PassThrough } from '../parse/command.ts'

/** Where Claude Code's command line overlaps ours: see `claude --help` (2.1.332). */

/** How `claude` treats arguments that are not our flags. */
export const passThrough: PassThrough = {
  ambiguous: {
    '--verbose': ['--log-level', 'debug'],
    // Claude Code prints its version.
    '-v': ['--log-level', 'debug'],
  },
  absent: flagsOfOtherServers,
  // First flags that we have, too, then flags that look like a typo in one of ours.
  shared: [
    '--model',
    '--help',
    '--version',
    '--debug-file',
    '--ide',
    '--mcp-config',
    '--allowedTools',
    '--allowed-tools',
  ],
}
