import type { PassThrough } from '../parse/command.ts'

/** Claude Code's command line, as far as it meets ours: see `claude --help` (2.1.332). */

const ownServer = 'its server is its own, on a free port of 127.0.0.1 and with a new token'

/** What `claude` does with arguments that are no flags of ours. */
export const passThrough: PassThrough = {
  ambiguous: {
    '--verbose': ['--log-level', 'debug'],
    // Claude Code prints its version.
    '-v': ['--log-level', 'debug'],
  },
  absent: { '--port': ownServer, '--host': ownServer, '--client-token': ownServer },
  // Those that ours have as well, then those that look like a slip in one of ours.
  shared: ['--model', '--help', '--version', '--debug-file', '--ide', '--mcp-config'],
}
