import type { ArgsDef } from 'citty'
import { productName } from '../../version.ts'
import { clientOf } from '../clients/registry.ts'
import { runSession } from '../clients/session.ts'
import { sessionDetails, sessionFlags } from '../clients/session-command.ts'
import { codexPassThrough } from '../codex/codex-flags.ts'
import type { Command } from '../parse/command.ts'

export const codexCommand: Command = {
  name: 'codex',
  description: 'Start a server and run Codex with it, in one step',
  details: [
    ...sessionDetails('codex', 'Codex'),
    "Codex keeps its own configuration, instructions and sessions. Only the provider and the model are replaced, by options of Codex's command line.",
  ],
  get args(): ArgsDef {
    // Codex has a flag of this name. NEXUS_SEARCH and the configuration set ours.
    return sessionFlags('gateway-mode', 'search')
  },
  rest: { hint: '<arguments for codex>', owner: 'Codex', passThrough: codexPassThrough },
  examples: [
    { line: `${productName} codex`, what: 'Run Codex in this folder' },
    { line: `${productName} codex exec "Say hello"`, what: 'Print one answer and exit' },
    { line: `${productName} codex --model opus "fix this"`, what: 'Use another model, with a first prompt' },
    { line: `${productName} codex resume --last`, what: 'Continue the last session' },
    { line: `${productName} codex --simulate`, what: 'Try it without a key: the simulation repeats your prompt' },
  ],
  run: (args, io) => runSession(clientOf('codex'), args, io),
}
