import type { ArgsDef } from 'citty'
import { tokenHashOf } from '../../../gateway/policy/access.ts'
import { productName } from '../../../version.ts'
import { changeClientsFile } from '../../named-clients/change-clients-file.ts'
import { newClientToken } from '../../named-clients/new-token.ts'
import { textFlag } from '../../parse/arguments.ts'
import type { Command } from '../../parse/command.ts'
import { parseDuration } from '../../parse/duration.ts'
import type { ParsedArguments } from '../../parse/parsed-arguments.ts'
import type { Io } from '../../terminal/io.ts'
import { printer } from '../../terminal/printer.ts'
import { clientsFlags, indexOf, nameArgument, readClientsPlace } from './flags.ts'

const usualGrace = '24h'

const runRotate = async ({ flags, positionals }: ParsedArguments, io: Io): Promise<undefined> => {
  const name = positionals['name'] ?? ''
  const graceMs = parseDuration(textFlag(flags, 'grace') ?? usualGrace, '--grace')
  const place = await readClientsPlace(flags, io)
  const token = newClientToken()
  const end = graceMs === 0 ? undefined : new Date(Date.now() + graceMs).toISOString()
  await changeClientsFile(place.path, (clients) => {
    const index = indexOf(clients, name, place.shown)
    const member = (key: string, value: unknown) => ({ path: ['clients', index, key], value })
    return [
      member('previousTokenHash', end === undefined ? undefined : clients[index]?.tokenHash),
      member('previousTokenExpires', end),
      member('tokenHash', tokenHashOf(token)),
    ]
  })
  const old = end === undefined ? 'The old token no longer works.' : `The old token works until ${end}.`
  printer(io).success(`${old} The new token of ${name} is shown only now:`)
  io.out(`${token}\n`)
}

export const clientsRotateCommand: Command = {
  name: 'clients rotate',
  description: 'Give a client a new token; the old one works for a time',
  details: [
    'Prints the new token on standard output, and nothing else there. Only one old token works: an earlier one ends at once.',
  ],
  get args(): ArgsDef {
    return {
      ...nameArgument('client'),
      grace: {
        type: 'string',
        valueHint: 'time',
        description: `Time for which the old token works, such as 30m or 7d; 0 for none (default ${usualGrace})`,
      },
      ...clientsFlags(),
    }
  },
  examples: [
    { line: `${productName} clients rotate alice`, what: 'The old token works for a day' },
    { line: `${productName} clients rotate alice --grace 0`, what: 'End the old token now, because it was exposed' },
  ],
  run: runRotate,
}
