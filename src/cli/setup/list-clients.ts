import { existsSync } from 'node:fs'
import type { Machine } from '../../config/paths.ts'
import type { Io } from '../terminal/io.ts'
import { tableLines } from '../terminal/table.ts'
import type { SetupClient } from './client-plan.ts'
import { allSetupClients } from './clients.ts'
import { readJournal } from './journal.ts'
import { prepareUndo } from './prepare.ts'
import { SetupFailure } from './setup-failure.ts'

/** Lists the clients and their states (`setup --list`). Reads files, writes none. */

const stateOf = async (client: SetupClient, machine: Machine): Promise<string> => {
  try {
    const journal = readJournal(machine, client.name)
    if (journal === undefined)
      return client.files(machine).some((path) => existsSync(path)) ? 'not set up' : 'not set up, no settings found'
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
