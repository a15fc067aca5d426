import type { ArgsDef } from 'citty'
import { UsageError } from '../../../base/usage-error.ts'
import { productName } from '../../../version.ts'
import { isInviteAnswer, longestInviteMs } from '../../../wire/sign-in-admin.ts'
import { commonFlags, textFlag } from '../../parse/arguments.ts'
import type { Command } from '../../parse/command.ts'
import { parseDuration } from '../../parse/duration.ts'
import type { ParsedArguments } from '../../parse/parsed-arguments.ts'
import { callServer, reportRefusal } from '../../sign-in/call-server.ts'
import type { Io } from '../../terminal/io.ts'
import { printer } from '../../terminal/printer.ts'

const usualLifetime = '24h'

const runInvite = async ({ flags, positionals }: ParsedArguments, io: Io): Promise<number> => {
  const name = positionals['name'] ?? ''
  const lifetimeMs = parseDuration(textFlag(flags, 'expires') ?? usualLifetime, '--expires')
  if (lifetimeMs === 0 || lifetimeMs > longestInviteMs) throw new UsageError('--expires must be from 1s to 30d.')
  const called = await callServer({ path: 'invite', body: { name, lifetimeMs }, isAnswer: isInviteAnswer }, io)
  if (called.kind === 'refused') return reportRefusal(called, io)
  const { invite, page } = called.answer
  const end = new Date(Date.now() + lifetimeMs).toISOString()
  printer(io).success(`Invite for ${name}, which works once, until ${end}. Enter it at ${page}:`)
  io.out(`${invite}\n`)
  return 0
}

export const signInInviteCommand: Command = {
  name: 'sign-in invite',
  description: 'Print an invite, with which a client can sign in by itself',
  details: [
    'Needs a server with signIn.approve set to invite. Prints the invite on standard output, and nothing else there. It is shown only now: the server stores a hash of it.',
    'The user enters the invite and the code of Claude Code on the page that /login names. With named clients, the name must be one of them.',
  ],
  get args(): ArgsDef {
    return {
      name: { type: 'positional', required: true, valueHint: 'client', description: 'Name of the client' },
      expires: {
        type: 'string',
        valueHint: 'time',
        description: `Time for which the invite works, such as 30m or 7d (default ${usualLifetime})`,
      },
      ...commonFlags,
    }
  },
  examples: [
    { line: `${productName} sign-in invite alice`, what: 'Print an invite that works for a day' },
    { line: `${productName} sign-in invite alice --expires 1h`, what: 'Print an invite that works for an hour' },
  ],
  run: runInvite,
}
