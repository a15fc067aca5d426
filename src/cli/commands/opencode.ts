import type { ArgsDef } from 'citty'
import { productName } from '../../version.ts'
import { clientOf } from '../clients/registry.ts'
import { runSession } from '../clients/session.ts'
import { sessionDetails, sessionFlags } from '../clients/session-command.ts'
import { openCodePassThrough } from '../opencode/opencode-flags.ts'
import type { Command } from '../parse/command.ts'

export const openCodeCommand: Command = {
  name: 'opencode',
  description: 'Start a server and run opencode with it, in one step',
  details: [
    ...sessionDetails('opencode', 'opencode'),
    'opencode keeps its own configuration and sessions. It gets one more provider, nexus, and uses its models.',
  ],
  get args(): ArgsDef {
    return sessionFlags('gateway-mode')
  },
  rest: { hint: '<arguments for opencode>', owner: 'opencode', passThrough: openCodePassThrough },
  examples: [
    { line: `${productName} opencode`, what: 'Run opencode in this folder' },
    { line: `${productName} opencode run "Say hello"`, what: 'Print one answer and exit' },
    { line: `${productName} opencode --model opus --continue`, what: 'Continue the last session with another model' },
    { line: `${productName} opencode --simulate`, what: 'Try it without a key: the simulation repeats your prompt' },
  ],
  run: (args, io) => runSession(clientOf('opencode'), args, io),
}
