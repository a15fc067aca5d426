import { flagsOfOtherServers } from '../clients/session-command.ts'
import type { PassThrough } from '../parse/command.ts'

/** Where Codex's command line overlaps ours: see `codex --help` (0.171.0). */

export const codexPassThrough: PassThrough = {
  ambiguous: {},
  absent: flagsOfOtherServers,
  // First flags that we have, too, then flags that look like a typo in one of ours.
  shared: ['--model', '--help', '--version', '--config', '--all', '--last', '--trust'],
}
