import type { ArgsDef } from 'citty'
import { UsageError } from '../../base/usage-error.ts'
import type { Machine } from '../../config/paths.ts'
import { productName } from '../../version.ts'
import { commonFlags } from '../parse/arguments.ts'
import type { Command } from '../parse/command.ts'
import { modelFlags, settingFlagsNamed, sourceFlags } from '../parse/config-flags.ts'
import type { ParsedArguments } from '../parse/parsed-arguments.ts'
import { setupClientNamed, setupClientNames } from '../setup/clients.ts'
import { listClients } from '../setup/list-clients.ts'
import { runClientSetup, runUndo } from '../setup/run-setup.ts'
import { SetupFailure } from '../setup/setup-failure.ts'
import { readSetupRequest } from '../setup/setup-request.ts'
import { yesFlag } from '../terminal/confirmation.ts'
import type { Io } from '../terminal/io.ts'
import { printer } from '../terminal/printer.ts'

const { dev: _, ...placeFlags } = sourceFlags

/** Another program may then use another home folder. Throws UsageError. */
const checkHome = ({ platform, environment, home }: Machine): void => {
  if (platform === 'win32' || environment['HOME']?.startsWith('/')) return
  const what = environment['HOME'] ? 'not an absolute path' : 'not set'
  throw new UsageError(`HOME is ${what}, so clients may have their files elsewhere. Set it, to ${home} for example.`)
}

const run = async ({ flags, positionals }: ParsedArguments, io: Io): Promise<number> => {
  const { client: name } = positionals
  if (flags['list'] === true) {
    if (name !== undefined) throw new UsageError('--list lists all clients: leave the client out.')
    if (flags['undo'] === true) throw new UsageError('--list changes nothing: leave --undo out.')
    return listClients(io)
  }
  if (name === undefined)
    throw new UsageError(
      `setup needs a client: ${productName} setup CLIENT. Use one of ${setupClientNames.join(', ')}.`,
    )
  const client = setupClientNamed(name)
  if (flags['sign-in'] === true && client.hasSignIn !== true)
    throw new UsageError(`${client.title} cannot sign in to a server. Leave --sign-in out.`)
  checkHome(io.machine)
  if (flags['undo'] === true) return runUndo(client, flags, io)
  return runClientSetup(client, await readSetupRequest(flags, io), flags, io)
}

const runSetup = async (given: ParsedArguments, io: Io): Promise<number> => {
  try {
    return await run(given, io)
  } catch (error) {
    if (!(error instanceof SetupFailure)) throw error
    printer(io).error(error.message)
    return 1
  }
}

export const setupCommand: Command = {
  name: 'setup',
  description: "Write what a client needs into the client's own settings, or take it out again",
  details: [
    'Shows the changes and asks before it writes. Everything else in the file stays byte for byte: comments, order, line breaks. A copy of the file before is kept, and --undo gives it back. The AI Nexus key is never written.',
    'Start the server separately: clients find it at the configured port. See docs/setup.md.',
  ],
  get args(): ArgsDef {
    return {
      client: {
        type: 'positional',
        required: false,
        valueHint: setupClientNames.join('|'),
        description: `Client: ${setupClientNames.join(', ')}`,
      },
      undo: { type: 'boolean', description: 'Take out what setup wrote; values that you changed since stay' },
      'dry-run': { type: 'boolean', description: 'Show the changes, and write nothing' },
      'sign-in': { type: 'boolean', description: 'Let Claude Code sign in to the server with /login' },
      url: {
        type: 'string',
        valueHint: 'url',
        description: 'URL of the server (default this machine and the configured port)',
      },
      list: { type: 'boolean', description: 'List all clients, and whether each is set up' },
      ...yesFlag,
      ...settingFlagsNamed('host', 'port', 'tls-cert', ...modelFlags, 'gateway-mode', 'cache-ttl'),
      ...placeFlags,
      ...commonFlags,
    }
  },
  examples: [
    { line: `${productName} setup claude-code`, what: 'Let Claude Code always use the server' },
    { line: `${productName} setup claude-code --dry-run`, what: 'Show the changes first' },
    { line: `${productName} setup claude-code --undo`, what: 'Give the file back as it was' },
    { line: `${productName} setup --list`, what: 'List the clients' },
  ],
  run: runSetup,
}
