import type { ArgsDef } from 'citty'
import { UsageError } from '../../base/usage-error.ts'
import { productName } from '../../version.ts'
import { assignments, environmentForms } from '../claude-code/launch/assignments.ts'
import { ownShell } from '../claude-code/launch/detect-shell.ts'
import { planLaunch } from '../claude-code/launch/launch.ts'
import { readModels } from '../config/set-up.ts'
import { choiceFlag, commonFlags } from '../parse/arguments.ts'
import type { Command } from '../parse/command.ts'
import { settingFlagsNamed, sourceFlags } from '../parse/config-flags.ts'
import type { ParsedArguments } from '../parse/parsed-arguments.ts'
import type { Io } from '../terminal/io.ts'
import { printer } from '../terminal/printer.ts'

const unknownPort = 'Which port --port 0 gives is known only to the server. Name the one that it has printed.'

const runEnv = async ({ flags }: ParsedArguments, io: Io): Promise<undefined> => {
  // The key is of no use here: nobody need unlock anything for it.
  const setUp = await readModels(flags, io, ['clientToken'])
  const { config, warnings } = setUp.loaded
  for (const warning of warnings) printer(io).warn(warning)
  if (config.port === 0) throw new UsageError(unknownPort)
  const form = choiceFlag(flags, 'shell', environmentForms) ?? (await ownShell(io.machine))
  const { environment, notes } = planLaunch(setUp, { config, port: config.port }, io)
  for (const note of notes) printer(io).info(note)
  io.out(`${assignments(form, environment)}\n`)
}

/** Needs no key and no server: it says what Claude Code is to be told of the server that runs elsewhere. */
export const envCommand: Command = {
  name: 'env',
  description: 'Print the environment for Claude Code, for a shell or a file',
  details: [
    'For a server that runs already, or will: every claude that is started with this environment uses it. Never holds the AI Nexus key; holds the client token where there is one.',
  ],
  get args(): ArgsDef {
    return {
      shell: {
        type: 'string',
        valueHint: environmentForms.join('|'),
        description: 'Shell or kind of file that it is for (default the shell we run in)',
      },
      ...settingFlagsNamed('host', 'port', 'client-token', 'model', 'small-model', 'gateway-mode'),
      ...sourceFlags,
      ...commonFlags,
    }
  },
  examples: [
    { line: `eval "$(${productName} env)"`, what: 'bash, zsh: for the rest of this session' },
    { line: `${productName} env | source`, what: 'fish' },
    { line: `${productName} env | Out-String | Invoke-Expression`, what: 'PowerShell' },
    { line: `${productName} env --shell dotenv > claude.env`, what: 'A file of variables' },
    { line: `${productName} env --shell json`, what: "For an editor's settings" },
  ],
  run: runEnv,
}
