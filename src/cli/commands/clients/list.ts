import type { ArgsDef } from 'citty'
import { expiryOf } from '../../../gateway/policy/access.ts'
import { productName } from '../../../version.ts'
import { type ClientEntry, clientLimitNames } from '../../../wire/clients-file.ts'
import { readClientsFile } from '../../named-clients/clients-file.ts'
import type { Command } from '../../parse/command.ts'
import type { ParsedArguments } from '../../parse/parsed-arguments.ts'
import type { Io } from '../../terminal/io.ts'
import { printer } from '../../terminal/printer.ts'
import { untrustedText } from '../../terminal/untrusted-text.ts'
import { labelled, usualColumns } from '../../terminal/wrap.ts'
import { clientsFlags, readClientsPlace, reportUse } from './flags.ts'

type Limits = Pick<ClientEntry, (typeof clientLimitNames)[number]>

/** A client in the output of `--json`: without its hashes. Scripts rely on the names. */
interface ListedClient extends Limits, Pick<ClientEntry, 'name' | 'expires' | 'models'> {
  readonly status: 'active' | 'disabled' | 'expired'
  readonly admin: boolean
  /** Until then, the token before the last rotation works. */
  readonly oldTokenExpires?: string
}

const statusOf = ({ disabled, expires }: ClientEntry, now: number): ListedClient['status'] => {
  if (disabled === true) return 'disabled'
  return expires !== undefined && expiryOf(expires) <= now ? 'expired' : 'active'
}

const toListed = (entry: ClientEntry, now: number): ListedClient => {
  const { name, tokenHash, previousTokenHash, previousTokenExpires: oldEnd, admin, disabled, ...others } = entry
  const hasOldToken = oldEnd !== undefined && expiryOf(oldEnd) > now
  return {
    name,
    status: statusOf(entry, now),
    admin: admin === true,
    ...others,
    ...(hasOldToken && { oldTokenExpires: oldEnd }),
  }
}

const limitWords: Readonly<Record<keyof Limits, (count: string) => string>> = {
  requestsPerMinute: (count) => `${count} requests a minute`,
  burst: (count) => `${count} more at once`,
  concurrency: (count) => `${count} at the same time`,
  tokensPerDay: (count) => `${count} tokens a day`,
  requestsPerDay: (count) => `${count} requests a day`,
  costPerMonth: (count) => `costs of ${count} a month`,
}

const limitsOf = (client: ListedClient): string =>
  clientLimitNames
    .flatMap((name) => {
      const limit = client[name]
      return limit === undefined ? [] : [limitWords[name](limit.toLocaleString('en-US'))]
    })
    .join(', ')

/** Column where the text of a row begins. */
const textColumn = 14

const blockOf = (client: ListedClient, columns: number): string => {
  const { name, status, admin, expires, models, oldTokenExpires } = client
  const rows: readonly (readonly [label: string, text: string | undefined])[] = [
    ['status', admin ? `${status}, sees the usage of all clients` : status],
    ['expires', expires],
    ['old token', oldTokenExpires && `works until ${oldTokenExpires}`],
    ['models', models?.map(untrustedText).join(', ')],
    ['limits', limitsOf(client)],
  ]
  return [name, ...rows.flatMap(([label, text]) => (text ? [labelled(label, text, textColumn, columns)] : []))].join(
    '\n',
  )
}

const runList = async ({ flags }: ParsedArguments, io: Io): Promise<undefined> => {
  const place = await readClientsPlace(flags, io)
  const clients = readClientsFile(place.path).map((entry) => toListed(entry, Date.now()))
  const columns = Math.min(io.outColumns, usualColumns)
  if (flags['json'] === true) io.out(`${JSON.stringify(clients, undefined, 2)}\n`)
  else if (clients.length > 0) io.out(`${clients.map((client) => blockOf(client, columns)).join('\n\n')}\n`)
  else printer(io).info(`${place.shown} has no clients.`)
  reportUse(place, io)
}

export const clientsListCommand: Command = {
  name: 'clients list',
  description: 'List the clients of the file, with their limits',
  get args(): ArgsDef {
    return { json: { type: 'boolean', description: 'Print a JSON list of clients, without hashes' }, ...clientsFlags() }
  },
  examples: [
    { line: `${productName} clients list`, what: 'List all clients' },
    { line: `${productName} clients list --json`, what: 'Print JSON for a script' },
  ],
  run: runList,
}
