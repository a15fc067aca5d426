import type { ArgsDef } from 'citty'
import { productName } from '../../../version.ts'
import { isPendingAnswer, isSessionsAnswer, type ListedSession } from '../../../wire/sign-in-admin.ts'
import { commonFlags } from '../../parse/arguments.ts'
import type { Command } from '../../parse/command.ts'
import type { ParsedArguments } from '../../parse/parsed-arguments.ts'
import { callServer, pendingLines, reportRefusal } from '../../sign-in/call-server.ts'
import type { Io } from '../../terminal/io.ts'
import { printer } from '../../terminal/printer.ts'
import { type Column, tableLines } from '../../terminal/table.ts'
import { untrustedText } from '../../terminal/untrusted-text.ts'

const timeText = (time: number): string => new Date(time).toISOString()

/** `2026-11-29 22:30`, in UTC. */
const shortTime = (time: number): string => timeText(time).slice(0, 'YYYY-MM-DDTHH:MM'.length).replace('T', ' ')

/** A session in the output of `--json`. Scripts rely on the names. */
const toListed = ({ id, name, surface, clientVersion, createdAt, lastUsedAt }: ListedSession) => ({
  id,
  name,
  ...(surface !== undefined && { surface }),
  ...(clientVersion !== undefined && { clientVersion }),
  created: timeText(createdAt),
  lastUsed: timeText(lastUsedAt),
})

const columns: readonly Column<ListedSession>[] = [
  { title: 'ID', cell: ({ id }) => untrustedText(id) },
  { title: 'NAME', cell: ({ name }) => untrustedText(name) },
  { title: 'CLIENT', cell: ({ clientVersion = '' }) => untrustedText(clientVersion) },
  { title: 'SIGNED IN (UTC)', cell: ({ createdAt }) => shortTime(createdAt) },
  { title: 'LAST USED (UTC)', cell: ({ lastUsedAt }) => shortTime(lastUsedAt) },
]

const runList = async ({ flags }: ParsedArguments, io: Io): Promise<number> => {
  const called = await callServer({ path: 'sessions', isAnswer: isSessionsAnswer }, io)
  if (called.kind === 'refused') return reportRefusal(called, io)
  const { sessions } = called.answer
  if (flags['json'] === true) {
    io.out(`${JSON.stringify(sessions.map(toListed), undefined, 2)}\n`)
    return 0
  }
  if (sessions.length > 0) io.out(`${tableLines(columns, sessions).join('\n')}\n`)
  else printer(io).info('No client is signed in.')
  const pending = await callServer({ path: 'pending', isAnswer: isPendingAnswer }, io)
  if (pending.kind === 'ok' && pending.answer.pending.length > 0)
    printer(io).info(`Pending:\n${pendingLines(pending.answer.pending, Date.now())}`)
  return 0
}

export const signInListCommand: Command = {
  name: 'sign-in list',
  description: 'List who is signed in',
  details: ['Also prints the codes that wait for an approval, on standard error.'],
  get args(): ArgsDef {
    return { json: { type: 'boolean', description: 'Print a JSON list of sessions' }, ...commonFlags }
  },
  examples: [
    { line: `${productName} sign-in list`, what: 'List all sessions' },
    { line: `${productName} sign-in list --json`, what: 'Print JSON for a script' },
  ],
  run: runList,
}
