import type { ArgsDef } from 'citty'
import { productName } from '../../version.ts'
import { passThrough } from '../claude-code/claude-flags.ts'
import { clientOf } from '../clients/registry.ts'
import { runSession } from '../clients/session.ts'
import { sessionDetails, sessionFlags } from '../clients/session-command.ts'
import type { Command } from '../parse/command.ts'

export const claudeCommand: Command = {
  name: 'claude',
  description: 'Start a server and run Claude Code with it, in one step',
  details: sessionDetails('claude', 'Claude Code'),
  get args(): ArgsDef {
    return sessionFlags('no-prompt-cache')
  },
  rest: { hint: '<arguments for claude>', owner: 'Claude Code', passThrough },
  examples: [
    { line: `${productName} claude`, what: 'Run Claude Code in this folder' },
    { line: `${productName} claude --continue`, what: 'Continue the last conversation in this folder' },
    { line: `${productName} claude -p "Say hello"`, what: 'Print one answer and exit' },
    { line: `${productName} claude --model opus "fix this"`, what: 'Use another main model, with a first prompt' },
    { line: `${productName} claude --simulate`, what: 'Try it without a key: the simulation repeats your prompt' },
  ],
  run: (args, io) => runSession(clientOf('claude'), args, io),
}
