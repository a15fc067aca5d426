import { flagsOfOtherServers } from '../clients/session-command.ts'
import type { PassThrough } from '../parse/command.ts'

/** Where opencode's command line overlaps ours: see `opencode --help` (1.18.33). */

export const openCodePassThrough: PassThrough = {
  ambiguous: {
    // opencode prints its version.
    '-v': ['--log-level', 'debug'],
  },
  absent: flagsOfOtherServers,
  // First flags that we have, too, then flags that look like a typo in one of ours.
  shared: [
    '--model',
    '--help',
    '--version',
    '--log-level',
    '--port',
    '--hostname',
    '--cors',
    '--fork',
    '--pure',
    '--session',
    '--share',
  ],
}
