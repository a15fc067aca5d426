import type { ArgsDef } from 'citty'
import { clientNamePattern, clientNameRule, reservedNameRule, sharedClientName } from '../../../base/client-name.ts'
import { didYouMean } from '../../../base/did-you-mean.ts'
import { printableName } from '../../../base/printable-name.ts'
import { UsageError } from '../../../base/usage-error.ts'
import { namedTokensOf } from '../../../config/client-tokens.ts'
import type { SettingType } from '../../../config/settings/setting.ts'
import { InputText, toValue } from '../../../config/values.ts'
import { expiryOf, tokenHashOf } from '../../../gateway/policy/access.ts'
import { modelsOf } from '../../../upstreams/registry.ts'
import { productName } from '../../../version.ts'
import { type ClientEntry, leastCost, timePattern } from '../../../wire/clients-file.ts'
import { changeClientsFile } from '../../named-clients/change-clients-file.ts'
import { newClientToken } from '../../named-clients/new-token.ts'
import { timeRule } from '../../named-clients/parse-clients-file.ts'
import { textFlag } from '../../parse/arguments.ts'
import type { Command } from '../../parse/command.ts'
import type { Flags, ParsedArguments } from '../../parse/parsed-arguments.ts'
import type { Io } from '../../terminal/io.ts'
import { printer } from '../../terminal/printer.ts'
import { type ClientsPlace, clientsFlags, nameArgument, readClientsPlace, reportUse } from './flags.ts'

const most = Number.MAX_SAFE_INTEGER
const count = { kind: 'number', minimum: 1, maximum: most, integer: true } as const satisfies SettingType
const amount = { kind: 'number', minimum: leastCost, maximum: most, integer: false } as const satisfies SettingType

/** The limits of a client, by flag. */
const limitFlags = [
  ['requests-per-minute', 'requestsPerMinute', count, 'Allow this number of requests to models a minute'],
  ['burst', 'burst', { ...count, minimum: 0 }, 'Allow this number of requests more at once'],
  ['concurrency', 'concurrency', count, 'Allow this number of requests at the same time'],
  ['tokens-per-day', 'tokensPerDay', count, 'Allow this number of tokens a day'],
  ['requests-per-day', 'requestsPerDay', count, 'Allow this number of requests a day'],
  ['cost-per-month', 'costPerMonth', amount, 'Allow costs of this amount a month, by the configured prices'],
] as const

/** Throws UsageError. */
const checkName = (name: string, { loaded }: ClientsPlace): void => {
  const fail = (rule: string): never => {
    throw new UsageError(`The name${printableName(name)} ${rule}`)
  }
  if (!new RegExp(clientNamePattern).test(name)) fail(clientNameRule)
  if (name === sharedClientName) fail(reservedNameRule)
  if (namedTokensOf(loaded.config).has(name)) fail('is the name of a client in clientTokens. Choose another one.')
}

const limitsIn = (flags: Flags): Partial<ClientEntry> =>
  Object.fromEntries(
    limitFlags.flatMap(([flag, member, type]) => {
      const text = textFlag(flags, flag)
      return text === undefined ? [] : [[member, toValue({ type }, new InputText(text), `--${flag}`)]]
    }),
  )

const expiryIn = (flags: Flags): string | undefined => {
  const text = textFlag(flags, 'expires')
  if (text === undefined) return undefined
  const expiry = new RegExp(timePattern).test(text) ? expiryOf(text) : Number.NaN
  if (Number.isNaN(expiry)) throw new UsageError(`--expires ${timeRule}`)
  if (expiry <= Date.now()) throw new UsageError('--expires is in the past. Give a date in the future.')
  return text
}

/** A name that leads to no model would allow nothing. Throws UsageError. */
const modelsIn = (flags: Flags, { loaded }: ClientsPlace): readonly string[] | undefined => {
  const text = textFlag(flags, 'models')
  if (text === undefined) return undefined
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const { takesAnyName, find, models, spellingsOf } = modelsOf(loaded.config, '')
  const unknown = takesAnyName ? undefined : names.find((name) => find(name) === undefined)
  if (names.length === 0) throw new UsageError('--models names no model. Leave it out to allow all.')
  if (unknown === undefined) return names
  throw new UsageError(
    `--models has an unknown model${printableName(unknown)}.${didYouMean(unknown, models.flatMap(spellingsOf))} See ${productName} models.`,
  )
}

const runAdd = async ({ flags, positionals }: ParsedArguments, io: Io): Promise<undefined> => {
  const name = positionals['name'] ?? ''
  const place = await readClientsPlace(flags, io, ['clientTokens'])
  checkName(name, place)
  const token = newClientToken()
  const expires = expiryIn(flags)
  const models = modelsIn(flags, place)
  const entry: ClientEntry = {
    name,
    tokenHash: tokenHashOf(token),
    ...(flags['admin'] === true && { admin: true }),
    ...(expires !== undefined && { expires }),
    ...(models !== undefined && { models: [...models] }),
    ...limitsIn(flags),
  }
  await changeClientsFile(place.path, (clients) => {
    if (clients.some((client) => client.name === name))
      throw new UsageError(
        `${place.shown} has a client ${name} already. For a new token: ${productName} clients rotate ${name}`,
      )
    return [{ path: ['clients', clients.length], value: entry, isInsertion: true }]
  })
  printer(io).success(`Client ${name} is in ${place.shown}. Its token is shown only now:`)
  io.out(`${token}\n`)
  reportUse(place, io)
}

export const clientsAddCommand: Command = {
  name: 'clients add',
  description: 'Add a client, and print its token',
  details: [
    'Prints the token on standard output, and nothing else there. The file has only a hash of it, so that the token cannot be shown again: rotate makes a new one.',
    'Writes the file that clientsFile or --clients names; without them, clients.json in the folder of the configuration file. A running server reads the new version within a second.',
    'Without a limit here, the limits of the server count.',
  ],
  get args(): ArgsDef {
    return {
      ...nameArgument('name'),
      models: {
        type: 'string',
        valueHint: 'name,name',
        description: 'Allow only these models: names or families, such as sonnet',
      },
      expires: { type: 'string', valueHint: 'date', description: 'End at this time; a date includes its day, in UTC' },
      admin: { type: 'boolean', description: 'Let the client see the usage of all clients' },
      ...Object.fromEntries(
        limitFlags.map(([flag, , , description]) => [flag, { type: 'string', valueHint: 'number', description }]),
      ),
      ...clientsFlags(),
    }
  },
  examples: [
    { line: `${productName} clients add alice`, what: 'Add a client' },
    {
      line: `${productName} clients add build --models haiku --expires 2026-12-31`,
      what: 'Limit what it may use',
    },
  ],
  run: runAdd,
}
