import type { ArgsDef } from 'citty'
import { UsageError } from '../../../base/usage-error.ts'
import { productName } from '../../../version.ts'
import { isRevokeAnswer } from '../../../wire/sign-in-admin.ts'
import { commonFlags } from '../../parse/arguments.ts'
import type { Command } from '../../parse/command.ts'
import type { ParsedArguments } from '../../parse/parsed-arguments.ts'
import { callServer, reportRefusal } from '../../sign-in/call-server.ts'
import type { Io } from '../../terminal/io.ts'
import { printer } from '../../terminal/printer.ts'
import { untrustedText } from '../../terminal/untrusted-text.ts'

const runRevoke = async ({ flags, positionals }: ParsedArguments, io: Io): Promise<number> => {
  const session = positionals['session']
  if ((session === undefined) !== (flags['all'] === true))
    throw new UsageError('sign-in revoke needs the id or the name of a session, or --all.')
  const body = session === undefined ? { all: true } : { session }
  const called = await callServer({ path: 'revoke', body, isAnswer: isRevokeAnswer }, io)
  if (called.kind === 'refused') return reportRefusal(called, io)
  const { ended } = called.answer
  if (ended.length === 0) printer(io).info('No client is signed in.')
  for (const { id, name } of ended) printer(io).success(untrustedText(`${name} (${id}) is signed out.`))
  return 0
}

export const signInRevokeCommand: Command = {
  name: 'sign-in revoke',
  description: 'Sign a client out',
  details: ['The server refuses its next request. Running answers end normally. To sign in again, use /login.'],
  get args(): ArgsDef {
    return {
      session: { type: 'positional', required: false, description: 'Id or name of the sessions to end' },
      all: { type: 'boolean', description: 'End all sessions' },
      ...commonFlags,
    }
  },
  examples: [
    { line: `${productName} sign-in revoke alice`, what: 'End all sessions of a name' },
    { line: `${productName} sign-in revoke --all`, what: 'Sign all clients out' },
  ],
  run: runRevoke,
}
