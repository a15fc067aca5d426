import type { ArgsDef } from 'citty'
import { productName } from '../../version.ts'
import { passThrough } from '../claude-code/claude-flags.ts'
import { runClaude } from '../claude-code/claude-session.ts'
import { commonFlags } from '../parse/arguments.ts'
import type { Command } from '../parse/command.ts'
import { settingFlags, simulateFlag, sourceFlags } from '../parse/config-flags.ts'

export const claudeCommand: Command = {
  name: 'claude',
  description: 'Run Claude Code on your AI Nexus key, in one step',
  details: [
    'Starts a server for this one session, on a free port and behind a token of its own, runs Claude Code in this terminal, and ends with it and with its exit code. Nothing but Claude Code is on the screen: give --log-file to see what the server does.',
    `The flags below come first. The first argument that is none of them, and everything after it, is passed to Claude Code. Put -- in front of a flag that both have: ${productName} claude -- --help.`,
  ],
  get args(): ArgsDef {
    return {
      ...settingFlags('host', 'port', 'client-token'),
      ...sourceFlags,
      simulate: simulateFlag,
      ...commonFlags,
    }
  },
  rest: { hint: "<claude's own arguments>", owner: 'Claude Code', passThrough },
  examples: [
    { line: `${productName} claude`, what: 'Claude Code in this folder' },
    { line: `${productName} claude --continue`, what: 'Go on with the last conversation in this folder' },
    { line: `${productName} claude -p "Say hello"`, what: 'One answer, and back' },
    { line: `${productName} claude --model opus "fix this"`, what: 'With another main model, and a first prompt' },
    { line: `${productName} claude --simulate`, what: 'Try it without a key: the answers are an echo' },
  ],
  run: runClaude,
}
