import type { ArgsDef } from 'citty'
import { UsageError } from '../../base/usage-error.ts'
import { gateSecretKeys } from '../../config/client-tokens.ts'
import { productName } from '../../version.ts'
import { assignments, environmentForms } from '../clients/assignments.ts'
import { tokenNotes } from '../clients/connection.ts'
import { ownShell } from '../clients/detect-shell.ts'
import { clientNames, clientOf } from '../clients/registry.ts'
import { readModels } from '../config/set-up.ts'
import { choiceFlag, commonFlags } from '../parse/arguments.ts'
import type { Command } from '../parse/command.ts'
import { modelFlags, settingFlagsNamed, sourceFlags } from '../parse/config-flags.ts'
import type { ParsedArguments } from '../parse/parsed-arguments.ts'
import type { Io } from '../terminal/io.ts'
import { printer } from '../terminal/printer.ts'

const unknownPort = 'Only the server knows the port that --port 0 chose. Give the port that it printed: --port.'

const runEnv = async ({ flags }: ParsedArguments, io: Io): Promise<undefined> => {
  // This command does not need the key: the user need not unlock a keychain.
  const setUp = await readModels(flags, io, gateSecretKeys)
  const { config, warnings } = setUp.loaded
  for (const warning of warnings) printer(io).warn(warning)
  if (config.port === 0) throw new UsageError(unknownPort)
  const form = choiceFlag(flags, 'shell', environmentForms) ?? (await ownShell(io.machine))
  const { plan } = clientOf(choiceFlag(flags, 'client', clientNames) ?? 'claude')
  const launch = await plan({ ...setUp, isElsewhere: true }, { config, port: config.port }, io)
  const { environment, notes, environmentNotes = [] } = launch
  for (const note of [...notes, ...environmentNotes, ...tokenNotes(config)]) printer(io).info(note)
  io.out(`${assignments(form, environment)}\n`)
}

/** Needs no key and no server: prints the variables that connect a client to a server that runs elsewhere. */
export const envCommand: Command = {
  name: 'env',
  description: 'Print the environment variables for Claude Code or another client, for a shell or a file',
  details: [
    'Use it with a server that you start separately: each client with this environment uses that server. The output never contains the AI Nexus key; it contains the client token if there is one.',
  ],
  get args(): ArgsDef {
    return {
      client: {
        type: 'string',
        valueHint: clientNames.join('|'),
        description: 'Print for this client (default claude)',
      },
      shell: {
        type: 'string',
        valueHint: environmentForms.join('|'),
        description: 'Print for this shell or kind of file (default the current shell)',
      },
      ...settingFlagsNamed(
        ...['host', 'port', 'tls-cert', 'client-token', 'clients', ...modelFlags, 'gateway-mode', 'cache-ttl'],
        ...['client-keys', 'credentials-dir', 'allow-oauth', 'claude-code-login', 'no-openai-api'],
      ),
      ...sourceFlags,
      ...commonFlags,
    }
  },
  examples: [
    { line: `eval "$(${productName} env)"`, what: 'bash, zsh: set the variables for this session' },
    { line: `${productName} env | source`, what: 'fish' },
    { line: `${productName} env | Out-String | Invoke-Expression`, what: 'PowerShell' },
    { line: `eval "$(${productName} env --client opencode)"`, what: 'The variables for opencode' },
    { line: `${productName} env --shell dotenv > claude.env`, what: 'Write a .env file' },
    { line: `${productName} env --shell json`, what: "For an editor's settings" },
  ],
  run: runEnv,
}
