import { existsSync } from 'node:fs'
import type { Machine } from '../../config/paths.ts'
import type { Io } from '../terminal/io.ts'
import { tableLines } from '../terminal/table.ts'
import type { SetupClient } from './client-plan.ts'
import { allSetupClients } from './clients.ts'
import { type Journal, readJournal } from './journal.ts'
import { prepareUndo } from './prepare.ts'
import { SetupFailure } from './setup-failure.ts'

/** Lists the clients and their states (`setup --list`). Reads files, writes none. */

/** Its own journal, or that of a client which it includes. */
const journalOf = ({ name, with: included = [] }: SetupClient, machine: Machine): Journal | undefined =>
  readJournal(machine, name) ??
  included.map((one) => readJournal(machine, one)).find((journal) => journal?.for.includes(name))

const stateWithout = (client: SetupClient, machine: Machine): string => {
  const files = client.files(machine)
  if (files.length === 0 && client.with === undefined) return 'no file that setup can change'
  return files.some((path) => existsSync(path)) ? 'not set up' : 'not set up, no settings found'
}

const stateOf = async (client: SetupClient, machine: Machine): Promise<string> => {
  try {
    const journal = journalOf(client, machine)
    if (journal === undefined) return stateWithout(client, machine)
    const { files } = await prepareUndo(journal, { machine, isYes: true })
    const isChanged = files.some(({ isLeft }) => isLeft)
    return `set up for ${journal.url}${isChanged ? ', changed since' : ''}`
  } catch (error) {
    if (error instanceof SetupFailure) return 'damaged journal'
    return 'settings cannot be read'
  }
}

export const listClients = async (io: Io): Promise<number> => {
  const rows: { readonly name: string; readonly title: string; readonly state: string }[] = []
  for (const client of allSetupClients()) {
    const { name, title } = client
    rows.push({ name, title, state: await stateOf(client, io.machine) })
  }
  const columns = [
    { title: 'CLIENT', cell: ({ name }: (typeof rows)[number]) => name },
    { title: 'PROGRAM', cell: ({ title }: (typeof rows)[number]) => title },
    { title: 'STATE', cell: ({ state }: (typeof rows)[number]) => state },
  ]
  io.out(`${tableLines(columns, rows).join('\n')}\n`)
  return 0
}
