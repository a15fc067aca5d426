import type { ArgsDef } from 'citty'
import { UsageError } from '../../../base/usage-error.ts'
import type { HistoryPart } from '../../../usage/history/open-history.ts'
import { productName } from '../../../version.ts'
import { textFlag } from '../../parse/arguments.ts'
import type { Command } from '../../parse/command.ts'
import type { Flags, ParsedArguments } from '../../parse/parsed-arguments.ts'
import { confirmed, yesFlag } from '../../terminal/confirmation.ts'
import type { Io } from '../../terminal/io.ts'
import { printer } from '../../terminal/printer.ts'
import { counted } from './figures.ts'
import { clockOf, fileFlags, timezoneFlag } from './flags.ts'
import { readBeginning } from './period.ts'
import { turn, type UsageFile, whileOpen, withUsageFile } from './usage-file.ts'

/** Throws UsageError unless exactly one flag says what to delete. */
const partOf = (flags: Flags): HistoryPart => {
  const [before, client] = [textFlag(flags, 'before'), textFlag(flags, 'client')]
  if (before !== undefined && client === undefined) return { before: readBeginning(before, 'before', clockOf(flags)) }
  if (client !== undefined && before === undefined) return { client }
  throw new UsageError('Say what to delete: --before <time>, or --client <name>, not both.')
}

/** Requests that the sums count: they are kept longer than single requests. */
const countOf = (file: UsageFile, part: HistoryPart): Promise<number | undefined> =>
  whileOpen(file, async (history) => {
    const range = 'client' in part ? { client: part.client, until: Date.now() } : { until: part.before }
    const { total } = await history.summarize({ ...range, since: 0, by: 'upstream', timezone: 'UTC' })
    return total.requests
  })

const runDelete = ({ flags }: ParsedArguments, io: Io): Promise<number> => {
  const part = partOf(flags)
  const words = 'client' in part ? `of client ${part.client}` : `before ${textFlag(flags, 'before')}`
  return withUsageFile(flags, io, async (file) => {
    const count = await countOf(file, part)
    if (count === undefined) return undefined
    if (count === 0) {
      printer(io).info(`${file.shown} has no request ${words}.`)
      return 0
    }
    const what = `${counted(count, 'request')} ${words}`
    if (!(await confirmed(`Delete ${what} from ${file.shown}?`, flags, io))) {
      printer(io).info('Nothing was changed.')
      return 1
    }
    const { deleteFromHistory } = await import('../../../usage/history/open-history.ts')
    await deleteFromHistory(file.path, part, turn)
    printer(io).success(`Deleted ${what}.`)
    return 0
  })
}

export const usageDeleteCommand: Command = {
  name: 'usage delete',
  description: 'Delete requests and their sums from the history',
  details: [
    'Deletes what is before a time, or all of one client, and frees the space. A time is rounded down to a quarter of an hour. It works while the server runs. The server itself deletes old requests (history.days, history.rollupDays).',
  ],
  get args(): ArgsDef {
    return {
      before: {
        type: 'string',
        valueHint: 'time',
        description: 'Delete requests that began before this day, month or time: 2026-11-01, 90d, ...',
      },
      client: { type: 'string', valueHint: 'client', description: 'Delete all requests of this client' },
      ...yesFlag,
      ...timezoneFlag,
      ...fileFlags,
    }
  },
  examples: [
    {
      line: `${productName} usage delete --before 2026-11`,
      what: 'Keep the requests since November, after a question',
    },
    { line: `${productName} usage delete --client alice --yes`, what: 'Delete a client, without a question' },
  ],
  run: runDelete,
}
