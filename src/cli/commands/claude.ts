import type { ArgsDef } from 'citty'
import { productName } from '../../version.ts'
import { claudeClient } from '../claude-code/claude-client.ts'
import { passThrough } from '../claude-code/claude-flags.ts'
import { runSession } from '../clients/session.ts'
import { commonFlags } from '../parse/arguments.ts'
import type { Command } from '../parse/command.ts'
import { settingFlags, simulateFlag, sourceFlags } from '../parse/config-flags.ts'

export const claudeCommand: Command = {
  name: 'claude',
  description: 'Start a server and run Claude Code with it, in one step',
  details: [
    'Starts a server for this session, on a free port and with its own token, and runs Claude Code in this terminal. Ends when Claude Code ends, with its exit code. The terminal shows only Claude Code: use --log-file to see what the server does.',
    `Put the flags below first. The first other argument, and all arguments after it, are passed to Claude Code. Put -- before a flag that both programs have: ${productName} claude -- --help.`,
  ],
  get args(): ArgsDef {
    return {
      ...settingFlags('host', 'port', 'client-token', 'stats-interval', 'no-openai-api', 'no-prompt-cache'),
      ...sourceFlags,
      simulate: simulateFlag,
      ...commonFlags,
    }
  },
  rest: { hint: '<arguments for claude>', owner: 'Claude Code', passThrough },
  examples: [
    { line: `${productName} claude`, what: 'Run Claude Code in this folder' },
    { line: `${productName} claude --continue`, what: 'Continue the last conversation in this folder' },
    { line: `${productName} claude -p "Say hello"`, what: 'Print one answer and exit' },
    { line: `${productName} claude --model opus "fix this"`, what: 'Use another main model, with a first prompt' },
    { line: `${productName} claude --simulate`, what: 'Try it without a key: the simulation repeats your prompt' },
  ],
  run: (args, io) => runSession(claudeClient, args, io),
}
