import type { ArgsDef } from 'citty'
import { productName } from '../../../version.ts'
import type { ClientEntry } from '../../../wire/clients-file.ts'
import { type Change, changeClientsFile } from '../../named-clients/change-clients-file.ts'
import type { Command } from '../../parse/command.ts'
import type { ParsedArguments } from '../../parse/parsed-arguments.ts'
import { printer } from '../../terminal/printer.ts'
import { clientsFlags, indexOf, nameArgument, readClientsPlace } from './flags.ts'

interface ClientChange {
  readonly name: string
  readonly description: string
  readonly details: readonly string[]
  /** Follows the client's name in the message. */
  readonly done: string
  readonly changesFor: (client: ClientEntry | undefined, index: number) => readonly Change[]
}

/** A command that changes one client, and needs only its name. */
const changeCommand = ({ name: command, description, details, done, changesFor }: ClientChange): Command => ({
  name: `clients ${command}`,
  description,
  details,
  get args(): ArgsDef {
    return { ...nameArgument('client'), ...clientsFlags() }
  },
  examples: [{ line: `${productName} clients ${command} alice`, what: description }],
  async run({ flags, positionals }: ParsedArguments, io) {
    const name = positionals['name'] ?? ''
    const { path, shown } = await readClientsPlace(flags, io)
    await changeClientsFile(path, (clients) => {
      const index = indexOf(clients, name, shown)
      return changesFor(clients[index], index)
    })
    printer(io).success(`Client ${name} is ${done} (${shown}).`)
    return undefined
  },
})

const noNewRequests = 'A running server refuses its next request within a second. Running answers end normally.'

export const clientsDisableCommand = changeCommand({
  name: 'disable',
  description: 'Refuse the requests of a client until it is enabled again',
  details: [noNewRequests],
  done: 'disabled',
  changesFor: (_, index) => [{ path: ['clients', index, 'disabled'], value: true }],
})

export const clientsEnableCommand = changeCommand({
  name: 'enable',
  description: 'Accept the requests of a disabled client again',
  details: ['Its token is the same as before.'],
  done: 'enabled',
  changesFor: (client, index) =>
    client?.disabled === undefined ? [] : [{ path: ['clients', index, 'disabled'], value: undefined }],
})

export const clientsRemoveCommand = changeCommand({
  name: 'remove',
  description: 'Remove a client; its token works no longer',
  details: [noNewRequests, 'Its token cannot be restored. To stop a client for a time, use disable.'],
  done: 'removed',
  changesFor: (_, index) => [{ path: ['clients', index], value: undefined }],
})
