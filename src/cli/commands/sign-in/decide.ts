import type { ArgsDef } from 'citty'
import { productName } from '../../../version.ts'
import { isDecisionAnswer } from '../../../wire/sign-in-admin.ts'
import { commonFlags, textFlag } from '../../parse/arguments.ts'
import type { Command } from '../../parse/command.ts'
import type { ParsedArguments } from '../../parse/parsed-arguments.ts'
import { callServer, reportRefusal } from '../../sign-in/call-server.ts'
import type { Io } from '../../terminal/io.ts'
import { printer } from '../../terminal/printer.ts'

const codeArgument: ArgsDef = {
  code: { type: 'positional', required: true, description: 'Code that Claude Code shows, in any case' },
}

const sampleCode = 'WDJB-MJHT'

const runApprove = async ({ flags, positionals }: ParsedArguments, io: Io): Promise<number> => {
  const name = textFlag(flags, 'as')
  const body = { userCode: positionals['code'] ?? '', ...(name !== undefined && { name }) }
  const called = await callServer({ path: 'approve', body, isAnswer: isDecisionAnswer }, io)
  if (called.kind === 'refused') return reportRefusal(called, io)
  printer(io).success(
    `${called.answer.userCode} is approved${name === undefined ? '' : ` as ${name}`}. Return to Claude Code.`,
  )
  return 0
}

const runDeny = async ({ positionals }: ParsedArguments, io: Io): Promise<number> => {
  const body = { userCode: positionals['code'] ?? '' }
  const called = await callServer({ path: 'deny', body, isAnswer: isDecisionAnswer }, io)
  if (called.kind === 'refused') return reportRefusal(called, io)
  printer(io).success(`${called.answer.userCode} is refused.`)
  return 0
}

export const signInApproveCommand: Command = {
  name: 'sign-in approve',
  description: "Approve a sign-in of Claude Code's /login",
  details: [
    'Run it on the machine of the server, as the user that runs the server. Approve only a code that you see in your own Claude Code. For a wrong code, the command lists those that wait, and exits with 1.',
  ],
  get args(): ArgsDef {
    return {
      ...codeArgument,
      as: { type: 'string', valueHint: 'client', description: 'Name of the client that signs in' },
      ...commonFlags,
    }
  },
  examples: [
    { line: `${productName} sign-in approve ${sampleCode}`, what: 'Approve the code that Claude Code shows' },
    { line: `${productName} sign-in approve ${sampleCode} --as alice`, what: 'Sign in as a named client' },
  ],
  run: runApprove,
}

export const signInDenyCommand: Command = {
  name: 'sign-in deny',
  description: 'Refuse a sign-in',
  get args(): ArgsDef {
    return { ...codeArgument, ...commonFlags }
  },
  examples: [{ line: `${productName} sign-in deny ${sampleCode}`, what: 'Refuse a code that you do not know' }],
  run: runDeny,
}
